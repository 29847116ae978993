"""`berceau person`: the first accounts of a console, and what a console that is away cannot do."""
