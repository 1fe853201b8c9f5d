// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.headermutation;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.config.HeaderEdits.AppendAction;
import dev.outrigger.dataplane.filter.headermutation.HeaderMutationConfig.Mutations;
import dev.outrigger.dataplane.filter.headermutation.HeaderMutationConfig.QueryChange;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.SoundHeaders;
import dev.outrigger.dataplane.message.WireText;
import org.jspecify.annotations.Nullable;

/** The changes of one level, ready to be made. Immutable. */
final class CompiledMutations {
    private final HeaderChanges request;
    private final QueryStep[] query;
    private final HeaderChanges response;

    CompiledMutations(Mutations config) {
        request = HeaderChanges.of(config.request());
        response = HeaderChanges.of(config.response());
        query = config.query().stream().map(QueryStep::new).toArray(QueryStep[]::new);
    }

    void applyToRequest(RequestHead head, FormatContext context) {
        request.apply(head.headers(), context);
        if (query.length > 0) {
            var parameters = QueryString.parse(head.path());
            for (QueryStep step : query) {
                step.apply(parameters, context);
            }
            byte[] path = Ascii.bytes(parameters.path());
            // What the client had percent-encoded is so no longer.
            if (!SoundHeaders.isValue(path)) {
                head.headers().doubt();
            }
            head.setPath(path);
        }
    }

    void applyToResponse(HeaderBlock headers, FormatContext context) {
        response.apply(headers, context);
    }

    /** One change of the query. */
    private static final class QueryStep {
        private final String key;
        private final @Nullable AppendAction action;
        private final FormatValue value;

        QueryStep(QueryChange change) {
            switch (change) {
                case QueryChange.Append(String name, String text, AppendAction how) -> {
                    key = WireText.of(name);
                    action = how;
                    value = FormatValue.of(text);
                }
                case QueryChange.Remove(String name) -> {
                    key = WireText.of(name);
                    action = null;
                    value = FormatValue.of("");
                }
            }
        }

        void apply(QueryString query, FormatContext context) {
            if (action == null) {
                query.remove(key);
                return;
            }
            String text = QueryString.encode(value.render(context));
            switch (action) {
                case APPEND_IF_EXISTS_OR_ADD -> query.add(key, text);
                case ADD_IF_ABSENT -> {
                    if (!query.has(key)) {
                        query.add(key, text);
                    }
                }
                case OVERWRITE_IF_EXISTS -> {
                    if (query.has(key)) {
                        query.overwrite(key, text);
                    }
                }
                case OVERWRITE_IF_EXISTS_OR_ADD -> query.overwrite(key, text);
            }
        }
    }
}
