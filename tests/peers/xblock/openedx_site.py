"""Open edX's LTI platform, lti-consumer-xblock, as a Django site of its own: `python openedx_site.py FOLDER PORT`.

Messages, tokens, keys, roster, line items and Deep Linking answers are all the package's own code. What stands here
is the rest of Open edX as far as that code asks for it: who is in the course, who may edit it, a graded block.
The database is FOLDER/platform.sqlite3. Addresses of this file: POST /tool (the tool's addresses, typed in by the
course's author; gives what she copies to the tool), GET /open/USERNAME (begins a launch; ?deep_linking=1).
"""

import sys
from pathlib import Path
from types import SimpleNamespace
from uuid import NAMESPACE_URL, uuid5

FOLDER, PORT = Path(sys.argv[1]), int(sys.argv[2])
ROOT = f"http://127.0.0.1:{PORT}"
COURSE = "course-v1:Example+LAB101+2026"
BLOCK = "block-v1:Example+LAB101+2026+type@lti_consumer+block@badges"
PEOPLE = {"terry": "instructor", "ana": "student", "ben": "student"}

import django  # noqa: E402
from django.conf import settings  # noqa: E402

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "platform.sqlite3"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    FEATURES={},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "waffle",
        "config_models",
        "rest_framework",
        "lti_consumer",
    ],
    LEARNING_MICROFRONTEND_URL=ROOT,
    LMS_BASE=f"127.0.0.1:{PORT}",
    LMS_ROOT_URL=ROOT,
    LOGGING={
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["console"], "level": "INFO"},
    },
    OPENEDX_TELEMETRY=[],
    MIDDLEWARE=[
        "edx_django_utils.cache.middleware.RequestCacheMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "crum.CurrentRequestUserMiddleware",
    ],
    PLATFORM_NAME="An Open edX site",
    ROOT_URLCONF=__name__,
    SECRET_KEY="only for this machine and this run",
    # As Open edX asks of its operators for Deep Linking: the answer comes from the tool's site.
    SESSION_COOKIE_SAMESITE="None",
    SESSION_COOKIE_SECURE=True,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    USAGE_ID_PATTERN=r"(?P<usage_id>(?:i4x://?[^/]+/[^/]+/[^/]+/[^@]+(?:@[^/]+)?)|(?:[^/]+))",
    USE_TZ=True,
)

from lti_consumer.plugin import compat  # noqa: E402


def external_id(username):
    return str(uuid5(NAMESPACE_URL, f"{ROOT}/{username}"))


class GradedBlock:
    """The block in the course. Its grades are rows of the table `course_grade`."""

    has_score, accept_grades_past_due, display_name = True, True, "Badges"

    def __init__(self, location):
        self.location = location
        self.scope_ids = SimpleNamespace(usage_id=location, user_id=None)

    def is_past_due(self):
        return False

    def max_score(self):
        return 1.0

    def set_user_module_score(self, user, score, max_score, comment=""):
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO course_grade VALUES (%s, %s, %s)", [user.username, score, max_score])


def members(_course_key):
    return {
        user.id: {"id": user.id, "name": user.get_full_name(), "email": user.email, "roles": [PEOPLE[user.username]]}
        for user in User.objects.all()
    }


compat.load_enough_xblock = compat.load_block_as_user = GradedBlock
compat.get_course_members = members
compat.merge_course_forum_roles = lambda course_key, of_course: of_course
# Without the profiles that users of Open edX have, which the roster would load along.
compat.batch_get_or_create_externalids = lambda users: {
    user.id: SimpleNamespace(external_user_id=external_id(user.username)) for user in users.prefetch_related(None)
}
compat.get_user_from_external_user_id = lambda wanted: next(
    user for user in User.objects.all() if external_id(user.username) == wanted
)
compat.user_has_studio_write_access = lambda user, course_key: PEOPLE.get(user.username) == "instructor"
compat.get_signal_handler = lambda: None

django.setup()

from django.contrib.auth import get_user_model, login  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.servers.basehttp import WSGIServer, run  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.shortcuts import redirect  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from lti_consumer import api  # noqa: E402
from lti_consumer.data import Lti1p3LaunchData  # noqa: E402
from lti_consumer.models import CourseAllowPIISharingInLTIFlag, Lti1p3Passport, LtiConfiguration  # noqa: E402
from opaque_keys.edx.keys import CourseKey, UsageKey  # noqa: E402

User = get_user_model()


def launch_data(username):
    user = User.objects.get(username=username)
    return Lti1p3LaunchData(
        user_id=user.id,
        user_role=PEOPLE[username],
        config_id=LtiConfiguration.objects.get().config_id,
        resource_link_id=BLOCK,
        external_user_id=external_id(username),
        name=user.get_full_name(),
        email=user.email,
        launch_presentation_document_target="iframe",
        context_id=COURSE,
        context_type=["course_offering"],
        context_title="Laboratory Safety 101",
    )


@csrf_exempt
def tool(request):
    """What the course's author fills in, and what the settings' page then shows her to copy."""
    given = request.POST
    passport = Lti1p3Passport.objects.create(name="Badges", lti_1p3_tool_keyset_url=given["jwks_url"])
    LtiConfiguration.objects.create(
        version=LtiConfiguration.LTI_1P3,
        config_store=LtiConfiguration.CONFIG_ON_DB,
        location=UsageKey.from_string(BLOCK),
        lti_1p3_passport=passport,
        lti_1p3_oidc_url=given["login_url"],
        lti_1p3_launch_url=given["launch_url"],
        lti_advantage_deep_linking_enabled=True,
        lti_advantage_deep_linking_launch_url=given["launch_url"],
        lti_advantage_enable_nrps=True,
        lti_advantage_ags_mode=LtiConfiguration.LTI_ADVANTAGE_AGS_PROGRAMMATIC,
    )
    shown = api.get_lti_1p3_launch_info(launch_data("terry"))
    return JsonResponse({"issuer": ROOT, **{name: str(value) for name, value in shown.items()}})


def open_block(request, username):
    """A person opens the block (or its author's "Deep Linking" button)."""
    login(request, User.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
    data = launch_data(username)
    if request.GET.get("deep_linking"):
        return redirect(api.get_lti_1p3_launch_start_url(data, deep_link_launch=True))
    return redirect(api.get_lti_1p3_content_url(data))


urlpatterns = [
    path("tool", tool),
    path("open/<slug:username>", open_block),
    path("api/", include("lti_consumer.plugin.urls", namespace="lti_consumer")),
]

if __name__ == "__main__":
    call_command("migrate", run_syncdb=True, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE course_grade (username TEXT, score REAL, maximum REAL)")
    for name in PEOPLE:
        User.objects.create(username=name, first_name=name.title(), last_name="Example", email=f"{name}@example.edu")
    CourseAllowPIISharingInLTIFlag.objects.create(course_id=CourseKey.from_string(COURSE), enabled=True)
    run("127.0.0.1", PORT, get_wsgi_application(), threading=True, server_cls=WSGIServer)
