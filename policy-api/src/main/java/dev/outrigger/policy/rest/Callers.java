// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import io.helidon.webserver.http.ServerRequest;

/** Finds out who calls. Any thread. */
@FunctionalInterface
interface Callers {
    /** A loopback socket asks nobody. */
    Callers ANYBODY = _ -> Caller.LOCAL;

    /** Throws a problem for a request whose credentials are missing or not good. */
    Caller identify(ServerRequest request);

    /** As {@link #identify}; a problem as well for one who may not do this anywhere. */
    default Caller require(ServerRequest request, Role needed) {
        Caller caller = identify(request);
        if (!caller.mayAnywhere(needed)) {
            throw Permissions.forbidden(caller, needed, Caller.EVERYWHERE);
        }
        return caller;
    }
}
