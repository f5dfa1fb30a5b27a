"""Words for codes: what the rooms below say in codes and parameters, said to people here.

Every table is total over its codes; ``tests/web/test_texts.py`` holds them to that, in both languages.
"""
