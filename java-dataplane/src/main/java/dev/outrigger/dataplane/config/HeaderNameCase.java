// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/** {@code header_key_format}: how one side's HTTP/1 header names look (E8). */
public sealed interface HeaderNameCase {
    /** No format configured. */
    record Lower() implements HeaderNameCase {}

    /** {@code proper_case_words}: names are written {@code Content-Type}. */
    record Proper() implements HeaderNameCase {}

    /**
     * {@code preserve_case}: names read from this side keep their case to the other.
     *
     * @param properForOthers whether names the proxy adds look {@code Content-Type}
     * @param forwardReasonPhrase whether responses keep their reason phrase
     */
    record Preserve(boolean properForOthers, boolean forwardReasonPhrase)
            implements HeaderNameCase {}
}
