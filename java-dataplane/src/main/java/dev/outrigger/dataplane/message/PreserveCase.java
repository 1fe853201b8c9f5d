// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/**
 * The {@code preserve_case} formatter of one side: what it reads keeps its names' case to the other
 * side.
 *
 * @param properCaseForOthers how names look that the proxy adds
 * @param forwardReasonPhrase whether a response keeps its reason phrase as well
 */
public record PreserveCase(boolean properCaseForOthers, boolean forwardReasonPhrase) {
    OriginalNames names() {
        return new OriginalNames(properCaseForOthers);
    }
}
