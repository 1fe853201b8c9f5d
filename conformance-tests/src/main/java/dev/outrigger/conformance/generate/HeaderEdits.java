// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.ArrayList;
import java.util.List;

/** The four lists of header edits that stand at every level of routing. */
final class HeaderEdits {
    private static final List<String> NAMES =
            List.of("x-a", "x-b", "x-new", "X-Upper", "user-agent", "x-forwarded-for", "via");
    private static final List<String> RESPONSE_NAMES =
            List.of("x-a", "x-b", "x-new", "server", "content-type", "x-powered-by", "set-cookie");
    private static final List<String> ACTIONS =
            List.of(
                    "APPEND_IF_EXISTS_OR_ADD",
                    "ADD_IF_ABSENT",
                    "OVERWRITE_IF_EXISTS_OR_ADD",
                    "OVERWRITE_IF_EXISTS");
    private static final List<String> FORMATS =
            List.of(
                    "%REQ(X-A)%",
                    "%REQ(X-A?X-B)%",
                    "%REQ(X-B):1%",
                    "%REQ(:PATH)%",
                    "%REQ(:METHOD)% %PROTOCOL%",
                    "%REQ(:AUTHORITY)%",
                    "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
                    "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
                    "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%",
                    "%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%",
                    "%RESPONSE_CODE%",
                    "%RESPONSE_CODE_DETAILS%",
                    "%RESPONSE_FLAGS%",
                    "%RESP(X-B)%",
                    "%UPSTREAM_CLUSTER%",
                    "%ROUTE_NAME%",
                    "%BYTES_RECEIVED%",
                    "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
                    "%REQUESTED_SERVER_NAME%",
                    "a%%b");

    private HeaderEdits() {}

    /** Adds each list in so many of a hundred cases. */
    static void add(Message message, Choices choices, int in100) {
        if (choices.in100(in100)) {
            message.with("request_headers_to_add", additions(choices, NAMES));
        }
        if (choices.in100(in100 / 2)) {
            message.with("request_headers_to_remove", removals(choices, NAMES));
        }
        if (choices.in100(in100)) {
            message.with("response_headers_to_add", additions(choices, RESPONSE_NAMES));
        }
        if (choices.in100(in100 / 2)) {
            message.with("response_headers_to_remove", removals(choices, RESPONSE_NAMES));
        }
    }

    private static Node.Items additions(Choices choices, List<String> names) {
        var additions = new ArrayList<Message>();
        for (int i = choices.between(1, 3); i > 0; i--) {
            var option =
                    new Message()
                            .need(
                                    "header",
                                    new Message()
                                            .need("key", choices.pick(names))
                                            .with("value", value(choices)));
            if (choices.in100(70)) {
                option.with("append_action", choices.pick(ACTIONS));
            }
            additions.add(option.maybe(choices, 15, "keep_empty_value", true));
        }
        return Message.items(1, additions);
    }

    private static String value(Choices choices) {
        return switch (choices.weighted(4, 5, 2)) {
            case 0 -> choices.pick(Words.VALUES);
            case 1 -> choices.pick(FORMATS);
            default -> choices.pick("p-", "") + choices.pick(FORMATS) + "-" + choices.pick("s", "");
        };
    }

    private static Node.Items removals(Choices choices, List<String> names) {
        return Message.items(1, choices.some(choices.between(1, 2), names));
    }
}
