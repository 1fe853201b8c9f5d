// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.control;

/**
 * What a scripted control plane does. All methods are called with the script itself as the lock, so
 * that one that sends at other times synchronizes on itself and is never called meanwhile.
 */
public interface XdsScript {
    /** A proxy opened a stream. */
    void onOpen(XdsConversation conversation);

    /** A request came. */
    void onRequest(XdsConversation conversation, Asked asked);

    /** The stream ended, from either side. */
    void onEnd(XdsConversation conversation);
}
