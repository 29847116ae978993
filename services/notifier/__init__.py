"""The notifier: tells portals each change of their applications, once, in order, to the end."""
