"""Platforms that an institution mostly runs itself, in the words and the order of their own forms."""

from __future__ import annotations

from lti_tool.web.admin.guides.guide import Guide

MOODLE = Guide(
    code="moodle",
    name="Moodle",
    places=(
        "Open Site administration, Plugins, Activity modules, External tool, Manage tools.",
        "Choose “configure a tool manually” and fill in the form with the values below.",
        "Save, then press the magnifying glass (“View configuration details”) on the new tool’s card.",
    ),
    gives=(
        ("Tool name", "name"),
        ("Tool URL", "launch"),
        ("Tool description", "description"),
        ("Public keyset", "jwks"),
        ("Initiate login URL", "login"),
        ("Redirection URI(s)", "launch"),
        ("Custom parameters", "moodle-custom"),
        ("Content selection URL", "launch"),
    ),
    choices=(
        ("LTI version", "LTI 1.3"),
        ("Public key type", "Keyset URL"),
        ("Tool configuration usage", "Show in activity chooser and as a preconfigured tool"),
        ("Default launch container", "Embed, without blocks"),
        ("Supports Deep Linking (Content-Item Message)", "yes"),
        ("IMS LTI Assignment and Grade Services", "Use this service for grade sync and column management"),
        (
            "IMS LTI Names and Role Provisioning",
            "Use this service to retrieve members’ information as per privacy settings",
        ),
        ("Share launcher’s name with tool", "Always"),
        ("Share launcher’s email with tool", "Always"),
        ("Accept grades from the tool", "Always"),
    ),
    asks={
        "issuer": "Platform ID",
        "client_id": "Client ID",
        "jwks_url": "Public keyset URL",
        "auth_token_url": "Access token URL",
        "auth_login_url": "Authentication request URL",
        "deployment_ids": "Deployment ID",
    },
    examples={
        "issuer": "https://moodle.example.edu",
        "jwks_url": "https://moodle.example.edu/mod/lti/certs.php",
        "auth_token_url": "https://moodle.example.edu/mod/lti/token.php",
        "auth_login_url": "https://moodle.example.edu/mod/lti/auth.php",
    },
)
OPEN_EDX = Guide(
    code="open-edx",
    name="Open edX",
    places=(
        "In Studio open Settings, Advanced Settings, and add “lti_consumer” to the Advanced Module List.",
        "Add an “LTI Consumer” component to a unit and press Edit. Fill in the values below, and save.",
        "The component then shows what Open edX gives; publish it.",
    ),
    gives=(
        ("Launch URL", "launch"),
        ("Tool Initiate Login URL (OIDC)", "login"),
        ("Registered Redirect URIs", "redirect-list"),
        ("Tool Keyset URL", "jwks"),
        ("Deep Linking Launch URL", "launch"),
    ),
    choices=(
        ("LTI Version", "LTI 1.3"),
        ("Tool Public Key Mode", "Keyset URL"),
        ("Names & Roles (NRPS)", "True"),
        ("Deep linking", "True"),
        ("Assignment and Grades", "Programmatic"),
        ("Share Full name, Share Email", "True"),
    ),
    asks={
        "issuer": "the LMS’s own address",
        "client_id": "Client ID",
        "deployment_ids": "Deployment ID",
        "jwks_url": "Keyset URL",
        "auth_token_url": "Access Token URL",
        "auth_login_url": "Login URL",
    },
    known={"deployment_ids": "1"},
    examples={
        "issuer": "https://courses.example.edu",
        "auth_login_url": "https://courses.example.edu/api/lti_consumer/v1/launch/",
    },
)
SAKAI = Guide(
    code="sakai",
    name="Sakai",
    places=(
        "As administrator open External Tools (LTI), Install LTI 1.x Tool.",
        "Fill in the values below and save. Open the tool again to see what Sakai gives.",
    ),
    gives=(
        ("Tool title", "name"),
        ("Launch URL", "launch"),
        ("LTI 1.3 Tool Keyset URL", "jwks"),
        ("LTI 1.3 Tool OpenID Connect/Initialization Endpoint", "login"),
        ("LTI 1.3 Tool Redirect Endpoint(s)", "launch"),
    ),
    choices=(
        ("Send user names and email addresses to the tool", "on"),
        ("Provide roster to the tool", "on"),
        ("Allow the tool to return grades, and to create columns", "on"),
        ("Allow External Tool read-only access to entire gradebook", "on"),
        ("Tool supports LtiResourceLinkRequest and LtiDeepLinkingRequest", "on"),
    ),
    asks={
        "issuer": "Platform Issuer",
        "client_id": "Client ID",
        "deployment_ids": "Deployment ID",
        "jwks_url": "Platform OAuth2 Well-Known/KeySet URL",
        "auth_token_url": "Platform OAuth2 Bearer Token Retrieval URL",
        "auth_login_url": "Platform OIDC Authentication URL",
    },
    known={"deployment_ids": "1"},
)
OTHER = Guide(
    code="",
    name="Another platform",
    places=("Find where the platform adds an LTI 1.3 tool by hand, and fill in the values below.",),
    gives=(
        ("Name", "name"),
        ("Target link or launch URL", "launch"),
        ("Redirect URI", "launch"),
        ("OIDC login initiation URL", "login"),
        ("Public keyset (JWKS) URL", "jwks"),
        ("Domain", "domain"),
    ),
    choices=(
        ("Messages", "resource link, deep linking"),
        ("Services", "Assignment and Grade Services, Names and Role Provisioning"),
        ("Privacy", "share names and e-mail addresses"),
    ),
)
