// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.output;

import java.util.ArrayList;
import java.util.List;

/** Columns as wide as their widest cell, three blanks apart, nothing after the last. */
public final class Table {
    private static final String GAP = "   ";

    private final List<List<String>> rows = new ArrayList<>();
    private final int columns;

    public Table(String... head) {
        this.columns = head.length;
        rows.add(List.of(head));
    }

    /** Adds a row of as many cells as the head has. */
    public void add(List<String> cells) {
        if (cells.size() != columns) {
            throw new IllegalArgumentException(
                    "cells: " + cells.size() + " (expected: " + columns + ")");
        }
        rows.add(List.copyOf(cells));
    }

    public List<String> lines() {
        var widths = new int[columns];
        for (var row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            line.append(i == 0 ? "" : GAP).append(row.get(i));
            line.append(" ".repeat(widths[i] - row.get(i).length()));
        }
        return line.toString().stripTrailing();
    }
}
