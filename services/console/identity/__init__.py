"""Signing in elsewhere: OpenID Connect, in the profile of ProConnect."""
