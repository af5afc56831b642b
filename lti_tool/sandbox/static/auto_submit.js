// Posts the one form of this page: the launch goes on without a click.
document.getElementById("auto-submit").submit();
