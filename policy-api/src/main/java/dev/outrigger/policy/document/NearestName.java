// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody probably meant: the known name with the fewest edits, if few enough. */
public final class NearestName {
    private static final int MAX_LENGTH = 64;

    private NearestName() {}

    /** {@code " Did you mean 'x'?"}, or nothing when no known name is near. */
    public static String hint(String typed, Collection<String> known) {
        return find(typed, known).map(name -> " Did you mean '" + name + "'?").orElse("");
    }

    public static Optional<String> find(String typed, Collection<String> known) {
        if (typed.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        return known.stream()
                .filter(name -> distance(fold(typed), fold(name)) <= allowed(typed, name))
                .min(
                        Comparator.comparingInt((String name) -> distance(fold(typed), fold(name)))
                                .thenComparing(Comparator.naturalOrder()));
    }

    /**
     * One edit in three letters: "atempts" is near "attempts", "host" is not near "port". One more
     * where the beginning is the same: "retries" is near "retry". None in very short names.
     */
    private static int allowed(String typed, String name) {
        int letters = Math.min(typed.length(), name.length());
        boolean sameBeginning = letters >= 4 && fold(typed).regionMatches(0, fold(name), 0, 4);
        return typed.length() / 3 + (sameBeginning ? 1 : 0);
    }

    private static String fold(String name) {
        return name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }

    /** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
    static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                cost[i][j] =
                        Math.min(
                                cost[i - 1][j - 1] + replace,
                                Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
