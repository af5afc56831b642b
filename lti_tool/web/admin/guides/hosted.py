"""Platforms that a vendor mostly runs, in the words and the order of their own forms."""

from __future__ import annotations

from lti_tool.web.admin.guides.guide import Guide

CANVAS = Guide(
    code="canvas",
    name="Canvas",
    places=(
        "As an account administrator open Admin, Developer Keys, “+ Developer Key”, “+ LTI Key”.",
        "As method choose “Paste JSON” and paste the key below, or “Enter URL” and give the address below.",
        "As redirect URI give the one below. Save, then switch the key ON.",
        "Copy the number under “Details”: it is the client ID.",
        "Open Settings, Apps, “View App Configurations”, “+ App”, “By Client ID”, and enter it.",
    ),
    gives=(("Redirect URIs", "launch"), ("JSON URL", "canvas-url"), ("LTI 1.3 configuration (JSON)", "canvas-json")),
    after=(
        "In the list of apps, the gear beside LTI Badges shows the “Deployment Id”. You can leave it out here, and "
        "accept it after the first launch.",
    ),
    asks={"client_id": "number under Details", "deployment_ids": "Deployment Id"},
    known={
        "issuer": "https://canvas.instructure.com",
        "auth_login_url": "https://sso.canvaslms.com/api/lti/authorize_redirect",
        "auth_token_url": "https://sso.canvaslms.com/login/oauth2/token",
        "jwks_url": "https://sso.canvaslms.com/api/lti/security/jwks",
    },
)
BRIGHTSPACE = Guide(
    code="desire2learn",
    name="Brightspace",
    places=(
        "Open Admin Tools, Manage Extensibility, LTI Advantage, Register Tool, and choose Standard.",
        "Fill in the values below, and switch on Assignment and Grade Services, Deep Linking, and Names and Role "
        "Provisioning Services. Press Register.",
        "Copy what Brightspace shows. Then press View Deployments, New Deployment, and choose what to share.",
    ),
    gives=(
        ("Name", "name"),
        ("Domain", "domain"),
        ("Redirect URLs", "launch"),
        ("OpenID Connect Login URL", "login"),
        ("Target Link URI", "launch"),
        ("Keyset URL", "jwks"),
    ),
    choices=(("Security settings of the deployment", "First name, last name, email, user ID, org unit information"),),
    asks={
        "issuer": "Issuer",
        "client_id": "Client Id",
        "jwks_url": "Brightspace Keyset URL",
        "auth_token_url": "Brightspace OAuth2 Access Token URL",
        "auth_login_url": "OpenID Connect Authentication Endpoint",
        "auth_audience": "Brightspace OAuth2 Audience",
        "deployment_ids": "Deployment Id",
    },
    examples={
        "issuer": "https://school.brightspace.com",
        "auth_token_url": "https://auth.brightspace.com/core/connect/token",
        "auth_audience": "https://api.brightspace.com/auth/token",
    },
)
BLACKBOARD = Guide(
    code="blackboardlearn",
    name="Blackboard",
    places=(
        "At developer.blackboard.com open My Integrations, and register an application with the values below.",
        "Copy the Application ID: it is the client ID. Copy the JWKS address that is shown with it.",
        "In Blackboard open Administrator Panel, Integrations, LTI Tool Providers, Register LTI 1.3/Advantage Tool, "
        "and enter the client ID.",
    ),
    gives=(
        ("Application Name", "name"),
        ("Domain(s)", "domain"),
        ("Login Initiation URL", "login"),
        ("Tool Redirect URL(s)", "launch"),
        ("Tool JWKS URL", "jwks"),
    ),
    choices=(
        ("Signing Algorithm", "RS256"),
        ("User fields to send", "Role in course, name, email address"),
        ("Allow grade service access", "Yes"),
        ("Allow Membership Service Access", "Yes"),
    ),
    asks={"client_id": "Application ID", "jwks_url": "Public keyset URL", "deployment_ids": "Deployment ID"},
    known={
        "issuer": "https://blackboard.com",
        "auth_login_url": "https://developer.blackboard.com/api/v1/gateway/oidcauth",
        "auth_token_url": "https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken",
    },
)
