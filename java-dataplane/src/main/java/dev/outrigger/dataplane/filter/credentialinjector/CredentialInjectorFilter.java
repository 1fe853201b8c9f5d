// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.credentialinjector;

import dev.outrigger.dataplane.filter.FilterCallbacks;
import dev.outrigger.dataplane.filter.HttpFilter;
import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.message.RequestHead;

/** Puts a credential into each request, or refuses it where there is none. */
final class CredentialInjectorFilter implements HttpFilter {
    private final FilterCallbacks callbacks;
    private final CredentialInjection injection;

    CredentialInjectorFilter(FilterCallbacks callbacks, CredentialInjection injection) {
        this.callbacks = callbacks;
        this.injection = injection;
    }

    @Override
    public HeadersStatus decodeHeaders(RequestHead head, boolean endStream) {
        LocalReply refusal = injection.apply(head.headers(), callbacks.worker().stats());
        if (refusal == null) {
            return HeadersStatus.CONTINUE;
        }
        callbacks.sendLocalReply(refusal);
        return HeadersStatus.STOP_ITERATION;
    }
}
