"""`berceau decision`: decisions as they are told, read again and checked."""
