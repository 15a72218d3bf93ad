"""Who answers: one module per module of questions, with the same name and one function `answer(question, desk)`.

A module is imported when its first question comes. It runs in a thread beside others; what it needs of the project it
takes from its desk.
"""
