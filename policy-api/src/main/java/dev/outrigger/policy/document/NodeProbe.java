// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/**
 * Stands in for a value when a reader is asked what it reads instead of being given something. Each
 * method answers for the {@link DocumentNode} method of that name, and remembers that it was asked.
 */
public interface NodeProbe {
    boolean isPresent();

    /** Whether to pass for a value of this type. */
    boolean is(NodeType type);

    /** Some value, of whatever type it passes for. */
    DocumentTree tree();

    void required();

    /** The value was found to be of the wrong type. */
    void wrongType();

    void objectOf(Collection<String> known);

    NodeProbe field(String name);

    NodeProbe item();

    /** An object with free keys; the probe of its values. */
    NodeProbe fields(int maxCount);

    /** A list; whether to have an item. */
    boolean items(int min, int max);

    /** Text that a reader will look at further. */
    Optional<String> string(int maxChars);

    Optional<Boolean> bool();

    Optional<Long> longIn(long min, long max);

    Optional<Duration> duration(Duration min, Duration max);

    /** Which of the words to be. */
    Optional<String> oneOf(Collection<String> words);

    /** A pattern that the reader checks text against by itself. */
    void form(String pattern);
}
