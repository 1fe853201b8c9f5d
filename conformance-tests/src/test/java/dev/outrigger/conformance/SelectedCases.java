// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * The cases a run is for: {@code -Doutrigger.cases=retry,upgrade/websocket} takes those whose ids
 * begin so, and none means all. Immutable.
 */
final class SelectedCases {
    private final List<String> beginnings;

    private SelectedCases(List<String> beginnings) {
        this.beginnings = List.copyOf(beginnings);
    }

    static SelectedCases fromProperty() {
        var said = System.getProperty("outrigger.cases", "");
        return new SelectedCases(
                Stream.of(said.split(",")).filter(each -> !each.isBlank()).toList());
    }

    boolean isAll() {
        return beginnings.isEmpty();
    }

    boolean contains(String id) {
        return isAll() || beginnings.stream().anyMatch(id::startsWith);
    }

    /** A selection nothing meets must not look like success. */
    void checkMetBy(Collection<?> chosen) {
        assertThat(chosen).as("cases that begin with %s", beginnings).isNotEmpty();
    }
}
