// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import java.time.Duration;

/**
 * Bounds of what one stream may ask for and hold.
 *
 * @param resourceNames names a stream may subscribe to or claim to have, per type
 * @param resourceNamesInAll the same, all types together
 * @param nodeBytes size of a node; Envoy's is about 61 kB
 * @param responseBytes where a response that may be split ends and the next begins; clients of gRPC
 *     refuse messages above 4 MiB
 * @param unanswered delta responses of one type that are remembered for an answer
 * @param ackTimeout how long what depends on a response waits for its answer. Envoy answers changed
 *     clusters once they are warm, which takes 15 s if their endpoints do not come
 * @param updatePatience how long newer content of a type waits for the answer to older content of
 *     the same type. Shorter, since the newer may be the remedy
 */
public record StreamLimits(
        int resourceNames,
        int resourceNamesInAll,
        int nodeBytes,
        int responseBytes,
        int unanswered,
        Duration ackTimeout,
        Duration updatePatience) {
    public static final StreamLimits DEFAULT =
            new StreamLimits(
                    50_000,
                    100_000,
                    256 * 1024,
                    3 * 1024 * 1024,
                    64,
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(5));

    public StreamLimits {
        require("resourceNames", resourceNames);
        require("resourceNamesInAll", resourceNamesInAll);
        require("nodeBytes", nodeBytes);
        require("responseBytes", responseBytes);
        require("unanswered", unanswered);
        require("ackTimeout", ackTimeout);
        require("updatePatience", updatePatience);
    }

    static void require(String field, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: at least 1)");
        }
    }

    static void require(String field, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: above zero)");
        }
    }

    public StreamLimits withResourceNames(int perType, int inAll) {
        return new StreamLimits(
                perType, inAll, nodeBytes, responseBytes, unanswered, ackTimeout, updatePatience);
    }

    public StreamLimits withNodeBytes(int bytes) {
        return new StreamLimits(
                resourceNames,
                resourceNamesInAll,
                bytes,
                responseBytes,
                unanswered,
                ackTimeout,
                updatePatience);
    }

    public StreamLimits withResponseBytes(int bytes) {
        return new StreamLimits(
                resourceNames,
                resourceNamesInAll,
                nodeBytes,
                bytes,
                unanswered,
                ackTimeout,
                updatePatience);
    }

    public StreamLimits withUnanswered(int responses) {
        return new StreamLimits(
                resourceNames,
                resourceNamesInAll,
                nodeBytes,
                responseBytes,
                responses,
                ackTimeout,
                updatePatience);
    }

    public StreamLimits withPatience(Duration forAnswers, Duration forUpdates) {
        return new StreamLimits(
                resourceNames,
                resourceNamesInAll,
                nodeBytes,
                responseBytes,
                unanswered,
                forAnswers,
                forUpdates);
    }
}
