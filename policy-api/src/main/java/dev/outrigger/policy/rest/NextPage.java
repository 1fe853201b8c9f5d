// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.util.Optional;

/**
 * How a list says that it goes on: a cursor in its body, and the address of the next page, with the
 * filters of this one, in its head. Confined to one request.
 */
final class NextPage {
    private final StringBuilder uri;

    NextPage(String path, int limit) {
        uri = new StringBuilder(path).append("?limit=").append(limit);
    }

    /** A filter, if the list has it. */
    NextPage with(String name, Optional<String> value) {
        value.ifPresent(
                text -> uri.append('&').append(name).append('=').append(Requests.encoded(text)));
        return this;
    }

    void tell(ServerResponse response, ObjectNode body, String cursor) {
        body.put("next", cursor);
        response.header(HeaderNames.LINK, "<" + uri + "&cursor=" + cursor + ">; rel=\"next\"");
    }
}
