"""Token Status List (draft-ietf-oauth-status-list): the status of SD-JWTs, from the same bits as the other list's."""

from lti_tool.credentials.token_status_list.write import write_token_status_list

__all__ = ["write_token_status_list"]
