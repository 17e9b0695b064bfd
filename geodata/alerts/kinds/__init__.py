"""The kinds of rules, one file each: what is looked for, and which words a rule's texts may fill their gaps with."""
