// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.ArrayList;
import java.util.List;

/** What a connection manager makes of its own replies: {@code local_reply_config}. */
final class LocalReplies {
    private static final List<String> OPERATORS =
            List.of(
                    "%LOCAL_REPLY_BODY%",
                    "%RESPONSE_CODE%",
                    "%RESPONSE_CODE_DETAILS%",
                    "%RESPONSE_FLAGS%",
                    "%REQ(:PATH)%",
                    "%REQ(X-A)%",
                    "%ROUTE_NAME%",
                    "%PROTOCOL%");

    private LocalReplies() {}

    static Message config(Choices choices) {
        var mappers = new ArrayList<Message>();
        for (int i = choices.between(0, 2); i > 0; i--) {
            mappers.add(mapper(choices));
        }
        var config = new Message().with("mappers", Message.items(0, mappers));
        if (choices.in100(50)) {
            config.with("body_format", format(choices));
        }
        return config;
    }

    private static Message mapper(Choices choices) {
        var mapper = new Message().need("filter", filter(choices));
        mapper.maybe(choices, 50, "status_code", choices.pick(400, 418, 500, 503));
        if (choices.in100(50)) {
            mapper.with(
                    "body", new Message().need("inline_string", choices.pick("mapped", "", "a%b")));
        }
        if (choices.in100(30)) {
            mapper.with("body_format_override", format(choices));
        }
        if (choices.in100(40)) {
            var header = new Message().need("key", "x-mapped").need("value", "1");
            mapper.with("headers_to_add", List.of(new Message().need("header", header)));
        }
        return mapper;
    }

    private static Message filter(Choices choices) {
        if (choices.in100(30)) {
            return new Message()
                    .need(
                            "response_flag_filter",
                            new Message()
                                    .need(
                                            "flags",
                                            choices.some(2, List.of("NR", "UF", "UH", "UC"))));
        }
        var value =
                new Message()
                        .need("default_value", choices.pick(400, 404, 500, 503))
                        .need("runtime_key", "gen.none");
        var comparison =
                new Message().need("op", choices.pick("EQ", "GE", "LE")).need("value", value);
        return new Message()
                .need("status_code_filter", new Message().need("comparison", comparison));
    }

    private static Message format(Choices choices) {
        var format = new Message();
        if (choices.in100(50)) {
            var text = "t %s %s".formatted(choices.pick(OPERATORS), choices.pick(OPERATORS));
            format.need("text_format_source", new Message().need("inline_string", text));
        } else {
            var json = new Message();
            int number = 0;
            for (var operator : choices.some(choices.between(1, 3), OPERATORS)) {
                json.need("f" + ++number, operator);
            }
            format.need("json_format", json);
        }
        return format.maybe(choices, 30, "content_type", "text/x");
    }
}
