"""What a badge is and when it is earned. Standard library only; no input, no output, no clock."""
