"""sequence.py DIR FILE: were all lines of rotator.py told, once, in order?

FILE has a line for each, in the order in which they were told, with L-G-I
somewhere in it.  Writes DIR/counted (NAME VALUE) and DIR/details.
"""
import collections
import pathlib
import re
import sys

directory = pathlib.Path(sys.argv[1])
lost, repeated, swapped, foreign, details = 0, 0, 0, 0, []
told = collections.defaultdict(list)
with open(sys.argv[2], encoding="utf-8") as file:
    for line in file:
        found = re.search(r"\b(\d+-\d+)-(\d+)\b", line)
        if found:
            told[found[1]].append(int(found[2]))
        else:
            foreign += 1
            details.append("foreign: " + line.rstrip("\n"))
counts = dict(line.split() for line in
              (directory / "written").read_text().splitlines())
for generation, count in counts.items():
    numbers = told.pop(generation, [])
    missing = sorted(set(range(1, int(count) + 1)) - set(numbers))
    again = len(numbers) - len(set(numbers))
    lost += len(missing)
    repeated += again
    out_of_order = sum(a > b for a, b in zip(numbers, numbers[1:]))
    swapped += out_of_order
    if missing or again or out_of_order:
        details.append(f"{generation}: {count} lines, lost {len(missing)} "
                       f"{missing[:1]}..{missing[-1:]}, repeated {again}, "
                       f"out of order {out_of_order}")
foreign += sum(len(numbers) for numbers in told.values())
(directory / "counted").write_text(
    f"files {len(counts)}\nlines {sum(map(int, counts.values()))}\n"
    f"lost {lost}\nrepeated {repeated}\nout_of_order {swapped}\n"
    f"foreign {foreign}\n")
(directory / "details").write_text("".join(f"{line}\n" for line in details))
