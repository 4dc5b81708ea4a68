"""What claims are tried on: the functions, networks and formulas that statements share, apart from the machinery that judges.

A search needs something to look at.  For the calculus these are functions of θ with what is established about them
(`functions`, and `table_rows` for the rows of Table 1 made of them); for the lemmas vectors of exact numbers (`exact_cases`,
`asymptotic_error`); for the paper's blocks its definitions as formulas and small networks to put into them (`paper_formulas`,
`placed_formulas`, `paper_networks`); for the theorems about whole networks random ones, saturated (`saturated_cases`).

Nothing in here decides anything.  A mistake here makes a search look in the wrong place, and each search has planted errors that
it must find; a verdict comes only from what the files next to this package make of the cases.
"""
