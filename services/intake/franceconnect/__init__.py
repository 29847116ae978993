"""FranceConnect: certified data fetched at a portal's callback, held until an application comes."""
