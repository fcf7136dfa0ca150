#!/usr/bin/env python3
# Draws what a run of Carriles has measured, from its table of rounds.
#
#     apt-get install python3-pandas python3-matplotlib
#     python3 docs/notebook.py http://localhost:8000/api/runs/ID/csv/
#     carriles run '{"rounds": 7}' -csv > run.csv && python3 docs/notebook.py run.csv
#
# Of a comparison it draws the race (every round, the median marked) and the speedups
# against the ceiling, which is what the cores gave right before. Of a sweep it draws the
# curve: over workers the speedups, with Amdahl's law under the lab's own conditions (three
# points up to the cores, near to it, and no further than twice the last of these); over
# anything else the times with a straight line. The rounds of the warm-up count for nothing.
#
# Where the editor knows cells (# %%), it is a notebook.

# %%
import argparse
import pathlib
import sys

import matplotlib

if __name__ == "__main__" and not hasattr(sys, "ps1"):
    matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

WORDS = {
    "es": {
        "race": "La carrera: cada ronda, y la mediana",
        "seconds": "segundos",
        "speedups": "Aceleración, y lo que dan los núcleos",
        "speedup": "aceleración sobre secuencial",
        "own": "aceleración sobre un trabajador",
        "ceiling": "lo que dan los núcleos: {:.2f}×",
        "cores": "núcleos: {}",
        "amdahl": "Amdahl, parte en serie {:.0%}",
        "line": "recta: {:.3g} s más por unidad",
        "curve": "Barrido de {}",
    },
    "en": {
        "race": "The race: every round, and the median",
        "seconds": "seconds",
        "speedups": "Speedup, and what the cores give",
        "speedup": "speedup over sequential",
        "own": "speedup over one worker",
        "ceiling": "what the cores give: {:.2f}×",
        "cores": "cores: {}",
        "amdahl": "Amdahl, serial part {:.0%}",
        "line": "straight line: {:.3g} s more a unit",
        "curve": "Sweep of {}",
    },
}
COLOURS = ["#565d68", "#0072b2", "#d55e00", "#009e73", "#aa4c8b", "#e69f00", "#56b4e9", "#7a5c00"]


# %%
def read(source):
    """A run's rounds that count, from the address or the file of its CSV.

    Who took part is in the column "who": the method, with its pool where a method ran
    both from nothing (cold) and warm.
    """
    table = pd.read_csv(source)
    table = table[table["warmup"].astype(str).str.lower() != "true"].copy()
    if table.empty:
        raise ValueError(f"{source}: no round counts")
    table["who"] = table["method"]
    several = table.groupby("method")["pool"].transform("nunique") > 1
    table.loc[several, "who"] = table["method"] + " (" + table["pool"] + ")"
    return table


def colours(table):
    return dict(zip(dict.fromkeys(table["who"]), COLOURS * 9))


# %%
def race(table, ax, words):
    """Every round's time by who, the fastest at the top, the median as a bar."""
    median = table.groupby("who")["seconds"].median().sort_values(ascending=False)
    colour = colours(table)
    for y, who in enumerate(median.index):
        seconds = table.loc[table["who"] == who, "seconds"]
        ax.barh(y, median[who], color=colour[who], alpha=0.3)
        ax.plot(seconds, [y] * len(seconds), "o", color=colour[who], markersize=5, alpha=0.8)
        ax.annotate(f" {median[who]:.3f} s", (seconds.max(), y), va="center", xytext=(4, 0), textcoords="offset points")
    ax.set_yticks(range(len(median)), median.index)
    ax.set_xlim(0, table["seconds"].max() * 1.2)
    ax.set_xlabel(words["seconds"])
    ax.set_title(words["race"])


def speedups(table, ax, words):
    """The median speedup over sequential of the same round, by who, and the ceiling."""
    table = table.dropna(subset=["speedup"])
    colour = colours(table)
    for x, (who, rows) in enumerate(table.groupby("who", sort=False)):
        ax.bar(x, rows["speedup"].median(), color=colour[who], alpha=0.3)
        ax.plot([x] * len(rows), rows["speedup"], "o", color=colour[who], markersize=5, alpha=0.8)
    ax.set_xticks(range(table["who"].nunique()), dict.fromkeys(table["who"]), rotation=20, ha="right")
    ceiling = table["ceiling"].dropna()
    if len(ceiling):
        ax.axhline(ceiling.iloc[0], linestyle="--", color="black", label=words["ceiling"].format(ceiling.iloc[0]))
        ax.legend()
    ax.set_ylim(bottom=0)
    ax.set_ylabel(words["speedup"])
    ax.set_title(words["speedups"])


# %%
def amdahl(workers, measured):
    """The serial part, from 0 to 1, whose law is nearest to the speedups measured.

    None where they are fewer than three or R2 is under 0.8: then it is not their law.
    """
    if len(workers) < 3:
        return None
    serial = np.linspace(0, 1, 1001)[:, None]
    law = 1 / (serial + (1 - serial) / workers)
    off = ((law - measured) ** 2).sum(axis=1)
    if off.min() > 0.2 * ((measured - measured.mean()) ** 2).sum():
        return None
    return float(serial[off.argmin(), 0])


def curve(table, ax, words):
    """A sweep: speedups over workers with Amdahl's law, or times with a straight line."""
    over, colour = table["over"].iloc[0], colours(table)
    for who, rows in table.groupby("who", sort=False):
        median = rows.groupby("value")["seconds"].median()
        at = median.index.to_numpy(float)
        along = np.linspace(at.min(), at.max(), 200)
        if over == "workers":
            if 1 not in median.index or who.startswith("sequential"):
                continue
            one = median[1]
            ax.plot(rows["value"], one / rows["seconds"], "o", color=colour[who], markersize=4, alpha=0.4)
            ax.plot(at, one / median, "o", color=colour[who], label=who)
            fits = at <= rows["cores"].iloc[0]  # beyond them workers only wait for each other
            serial = amdahl(at[fits], (one / median).to_numpy()[fits])
            if serial is not None:
                along = along[along <= 2 * at[fits].max()]
                ax.plot(along, 1 / (serial + (1 - serial) / along), "--", color=colour[who], label=words["amdahl"].format(serial))
            continue
        ax.plot(rows["value"], rows["seconds"], "o", color=colour[who], markersize=4, alpha=0.4)
        ax.plot(at, median, "o", color=colour[who], label=who)
        if len(at) > 1:
            slope, start = np.polyfit(at, median, 1)
            ax.plot(along, start + slope * along, "--", color=colour[who], label=words["line"].format(slope))
    if over == "workers":
        ax.axvline(table["cores"].iloc[0], color="#a9b1bd", label=words["cores"].format(table["cores"].iloc[0]))
    ax.set_ylim(bottom=0)
    ax.set_xlabel(over)
    ax.set_ylabel(words["own"] if over == "workers" else words["seconds"])
    ax.set_title(words["curve"].format(over))
    ax.legend()


# %%
def draw(source, folder, lang="es"):
    """Draws a run into a folder, and gives the names of the pictures."""
    table, words, drawn = read(source), WORDS[lang], []
    pictures = {"curve": curve} if table["over"].notna().any() else {"race": race, "speedup": speedups}
    if "speedup" in pictures and table["speedup"].dropna().empty:
        del pictures["speedup"]  # sequential took no part
    for name, picture in pictures.items():
        figure, ax = plt.subplots(figsize=(9, 5), layout="constrained")
        picture(table, ax, words)
        drawn.append(pathlib.Path(folder) / f"{table['run'].iloc[0]}-{name}.png")
        figure.savefig(drawn[-1], dpi=120)
        plt.close(figure)
    return drawn


def main():
    parser = argparse.ArgumentParser(description="Draws what runs of Carriles have measured.")
    parser.add_argument("source", nargs="+", help="the address or the file of a run's CSV")
    parser.add_argument("-o", "--out", default=".", help="the folder of the pictures")
    parser.add_argument("-l", "--lang", choices=WORDS, default="es")
    args = parser.parse_args()
    for source in args.source:
        for path in draw(source, args.out, args.lang):
            print(path)


if __name__ == "__main__":
    main()
