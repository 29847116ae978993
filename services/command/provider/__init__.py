"""`berceau provider`: one call to the State by hand, and how calls stand."""
