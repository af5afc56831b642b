"""LTI Dynamic Registration 1.0: a platform and the tool agree on everything without typing.

The administrator opens the tool's single-use address inside the platform; what follows is two requests of ours.
"""

from lti_tool.lti.dynamic_registration.registrar import PlatformRegistrar, RegistrationOutcome

__all__ = ["PlatformRegistrar", "RegistrationOutcome"]
