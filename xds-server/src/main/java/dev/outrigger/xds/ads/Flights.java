// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The responses of one type without an answer, oldest first. Confined to its stream. */
final class Flights {
    /** Null when there are none. */
    private @Nullable Map<String, Flight> byNonce;

    boolean isEmpty() {
        return byNonce == null;
    }

    int size() {
        return byNonce == null ? 0 : byNonce.size();
    }

    Iterable<Flight> all() {
        return byNonce == null ? java.util.List.of() : byNonce.values();
    }

    void add(Flight flight) {
        if (byNonce == null) {
            byNonce = new LinkedHashMap<>(4);
        }
        byNonce.put(flight.nonce(), flight);
    }

    @Nullable Flight remove(String nonce) {
        if (byNonce == null) {
            return null;
        }
        var flight = byNonce.remove(nonce);
        if (byNonce.isEmpty()) {
            byNonce = null;
        }
        return flight;
    }

    @Nullable Flight oldest() {
        return byNonce == null ? null : byNonce.values().iterator().next();
    }

    @Nullable Flight newest() {
        Flight last = null;
        for (Flight flight : all()) {
            last = flight;
        }
        return last;
    }

    boolean carries(String name) {
        for (Flight flight : all()) {
            if (flight.carries(name)) {
                return true;
            }
        }
        return false;
    }
}
