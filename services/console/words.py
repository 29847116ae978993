"""The French words of the console that no other room of Berceau has."""

from shared.roles import Role

_ROLES = {
    Role.AGENT: "agent",
    Role.SUPERVISOR: "responsable",
    Role.OPS: "exploitation",
    Role.DPO: "protection des données",
}


def role_words(role: Role) -> str:
    """What people call a role."""
    return _ROLES[role]
