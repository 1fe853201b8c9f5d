// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.headermutation;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.accesslog.FormatString;
import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.HeaderEdits.AppendAction;
import dev.outrigger.dataplane.filter.headermutation.HeaderMutationConfig.HeaderChange;
import dev.outrigger.dataplane.filter.headermutation.HeaderMutationConfig.Mutations;
import dev.outrigger.dataplane.filter.headermutation.HeaderMutationConfig.QueryChange;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The changes of one level, ready to be made. Immutable. */
final class CompiledMutations {
    private static final byte[] COMMA = {','};

    private final Step[] request;
    private final QueryStep[] query;
    private final Step[] response;

    CompiledMutations(Mutations config) {
        request = steps(config.request());
        response = steps(config.response());
        query = config.query().stream().map(QueryStep::new).toArray(QueryStep[]::new);
    }

    private static Step[] steps(List<HeaderChange> changes) {
        return changes.stream().map(Step::new).toArray(Step[]::new);
    }

    void applyToRequest(RequestHead head, FormatContext context) {
        for (Step step : request) {
            step.apply(head.headers(), context);
        }
        if (query.length > 0) {
            var parameters = QueryString.parse(head.path());
            for (QueryStep step : query) {
                step.apply(parameters, context);
            }
            head.setPath(Ascii.bytes(parameters.path()));
        }
    }

    void applyToResponse(HeaderBlock headers, FormatContext context) {
        for (Step step : response) {
            step.apply(headers, context);
        }
    }

    /** A value with operators, or one that is always the same. */
    private record Value(@Nullable FormatString format, String literal) {
        static Value of(String text) {
            FormatString compiled = FormatString.parse(text, false);
            return compiled.isLiteral()
                    ? new Value(null, compiled.literalText())
                    : new Value(compiled, "");
        }

        String render(FormatContext context) {
            return format == null ? literal : format.render(context);
        }
    }

    /** One change of headers. */
    private static final class Step {
        private final byte[] name;
        private final boolean remove;
        private final AppendAction action;
        private final boolean keepEmpty;
        private final Value value;

        Step(HeaderChange change) {
            switch (change) {
                case HeaderChange.Append(HeaderEdits.Add edit) -> {
                    name = Ascii.bytes(edit.name());
                    remove = false;
                    action = edit.action();
                    keepEmpty = edit.keepEmptyValue();
                    value = Value.of(edit.value());
                }
                case HeaderChange.Remove(String header) -> {
                    name = Ascii.bytes(header);
                    remove = true;
                    action = AppendAction.APPEND_IF_EXISTS_OR_ADD;
                    keepEmpty = false;
                    value = Value.of("");
                }
            }
        }

        void apply(HeaderBlock headers, FormatContext context) {
            if (remove) {
                headers.remove(name);
                return;
            }
            byte[] text = Ascii.bytes(value.render(context));
            if (text.length == 0 && !keepEmpty) {
                return;
            }
            boolean there = headers.find(name, 0) >= 0;
            switch (action) {
                case APPEND_IF_EXISTS_OR_ADD -> append(headers, text);
                case ADD_IF_ABSENT -> {
                    if (!there) {
                        headers.add(name, text);
                    }
                }
                case OVERWRITE_IF_EXISTS -> {
                    if (there) {
                        overwrite(headers, text);
                    }
                }
                case OVERWRITE_IF_EXISTS_OR_ADD -> overwrite(headers, text);
            }
        }

        private void overwrite(HeaderBlock headers, byte[] text) {
            headers.remove(name);
            headers.add(name, text);
        }

        private void append(HeaderBlock headers, byte[] text) {
            int id = KnownHeader.of(name);
            int entry = headers.isInline(id) ? headers.find(id) : -1;
            if (entry >= 0) {
                headers.join(entry, COMMA, text);
            } else {
                headers.add(name, text);
            }
        }
    }

    /** One change of the query. */
    private static final class QueryStep {
        private final String key;
        private final @Nullable AppendAction action;
        private final Value value;

        QueryStep(QueryChange change) {
            switch (change) {
                case QueryChange.Append(String name, String text, AppendAction how) -> {
                    key = name;
                    action = how;
                    value = Value.of(text);
                }
                case QueryChange.Remove(String name) -> {
                    key = name;
                    action = null;
                    value = Value.of("");
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
