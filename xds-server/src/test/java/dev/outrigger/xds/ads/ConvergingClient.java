// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.resource.ResourceType;
import java.util.Random;

/** What a client does in one step; its answers are its own affair. */
interface ConvergingClient {
    void changeSubscription(ResourceType type, Random random) throws ProtocolViolation;

    /** Answers the oldest unanswered response; false if there is none. */
    boolean answer(boolean accept) throws ProtocolViolation;

    /** Time passes until something more is sent; false if nothing is. */
    boolean awaitMore();

    void publish() throws ProtocolViolation;
}
