// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

/**
 * How large a submission may be. A limit on each thing that costs memory or time by itself.
 *
 * @param maxBytes of the whole submission
 * @param maxDocuments in one submission
 * @param maxDepth of nested lists and objects in one document
 * @param maxValues lists, objects and scalars in one submission
 * @param maxScalarChars in one key or scalar
 */
public record DocumentLimits(
        int maxBytes, int maxDocuments, int maxDepth, int maxValues, int maxScalarChars) {
    /** 1 MiB, 1,000 documents, 64 levels, 200,000 values, 256 Ki characters in one scalar. */
    public static final DocumentLimits DEFAULT =
            new DocumentLimits(1 << 20, 1_000, 64, 200_000, 256 << 10);

    /** Digits of the longest number; enough for any 64-bit integer and any double. */
    static final int MAX_NUMBER_CHARS = 40;
}
