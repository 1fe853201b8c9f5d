// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Value;
import dev.outrigger.dataplane.config.HeaderChange;
import dev.outrigger.dataplane.config.HeaderEdits.AppendAction;
import dev.outrigger.dataplane.filter.headermutation.HeaderMutationConfig;
import dev.outrigger.dataplane.filter.headermutation.HeaderMutationConfig.QueryChange;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation;
import io.envoyproxy.envoy.config.core.v3.KeyValueAppend;
import io.envoyproxy.envoy.config.core.v3.KeyValueMutation;
import io.envoyproxy.envoy.config.core.v3.KeyValuePair;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.Mutations;
import java.util.ArrayList;
import java.util.List;

/** {@code envoy.filters.http.header_mutation}. */
final class HeaderMutationFilterParser {
    static final SupportedFields HEADER =
            SupportedFields.of(HeaderMutation.class)
                    .obeyed("remove")
                    .nested("append", () -> HeaderEditsParser.HEADER_OPTION);

    private static final SupportedFields PAIR =
            SupportedFields.of(KeyValuePair.class).obeyed("key", "value");

    private static final SupportedFields APPEND =
            SupportedFields.of(KeyValueAppend.class).obeyed("action").nested("record", () -> PAIR);

    private static final SupportedFields QUERY =
            SupportedFields.of(KeyValueMutation.class)
                    .obeyed("remove")
                    .nested("append", () -> APPEND);

    private static final SupportedFields MUTATIONS =
            SupportedFields.of(Mutations.class)
                    .nested("request_mutations", () -> HEADER)
                    .nested("query_parameter_mutations", () -> QUERY)
                    .nested("response_mutations", () -> HEADER);

    static final HttpFilterType TYPE =
            HttpFilterType.of(
                            "envoy.filters.http.header_mutation",
                            io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3
                                    .HeaderMutation.class,
                            SupportedFields.of(
                                            io.envoyproxy.envoy.extensions.filters.http
                                                    .header_mutation.v3.HeaderMutation.class)
                                    .nested("mutations", () -> MUTATIONS)
                                    .obeyed("most_specific_header_mutations_wins"),
                            (proto, path, findings) ->
                                    new HeaderMutationConfig(
                                            mutations(proto.getMutations(), path, findings),
                                            proto.getMostSpecificHeaderMutationsWins()))
                    .withRoute(
                            HeaderMutationPerRoute.class,
                            SupportedFields.of(HeaderMutationPerRoute.class)
                                    .nested("mutations", () -> MUTATIONS),
                            (proto, path, findings) ->
                                    new HeaderMutationConfig.PerRoute(
                                            mutations(proto.getMutations(), path, findings)));

    private HeaderMutationFilterParser() {}

    private static HeaderMutationConfig.Mutations mutations(
            Mutations proto, String path, Findings findings) {
        String at = FieldPaths.join(path, "mutations");
        return new HeaderMutationConfig.Mutations(
                headers(
                        proto.getRequestMutationsList(),
                        FieldPaths.join(at, "request_mutations"),
                        findings),
                query(
                        proto.getQueryParameterMutationsList(),
                        FieldPaths.join(at, "query_parameter_mutations"),
                        findings),
                headers(
                        proto.getResponseMutationsList(),
                        FieldPaths.join(at, "response_mutations"),
                        findings));
    }

    static List<HeaderChange> headers(List<HeaderMutation> protos, String path, Findings findings) {
        var changes = new ArrayList<HeaderChange>();
        for (int i = 0; i < protos.size(); i++) {
            HeaderMutation proto = protos.get(i);
            switch (proto.getActionCase()) {
                case APPEND ->
                        changes.add(
                                new HeaderChange.Append(
                                        HeaderEditsParser.one(
                                                proto.getAppend(),
                                                FieldPaths.index(path, i) + ".append",
                                                findings)));
                case REMOVE -> changes.add(new HeaderChange.Remove(Ascii.lower(proto.getRemove())));
                case ACTION_NOT_SET -> {} // reported by the oneof's own constraint
            }
        }
        return changes;
    }

    private static List<QueryChange> query(
            List<KeyValueMutation> protos, String path, Findings findings) {
        var changes = new ArrayList<QueryChange>();
        for (int i = 0; i < protos.size(); i++) {
            KeyValueMutation proto = protos.get(i);
            String at = FieldPaths.index(path, i);
            if (proto.hasAppend()) {
                append(proto.getAppend(), FieldPaths.join(at, "append"), changes, findings);
            } else if (!proto.getRemove().isEmpty()) {
                changes.add(new QueryChange.Remove(proto.getRemove()));
            } else {
                findings.invalid(at, "", "No mutation specified.");
            }
        }
        return changes;
    }

    private static void append(
            KeyValueAppend proto, String path, List<QueryChange> into, Findings findings) {
        if (!proto.hasRecord()) {
            findings.invalid(path, "", "No record specified for parameter mutation.");
            return;
        }
        Value value = proto.getRecord().getValue();
        if (!value.hasStringValue()) {
            findings.invalid(
                    FieldPaths.join(path, "record.value"),
                    "",
                    "Only string value is allowed for parameter.");
            return;
        }
        FormatStrings.check(
                value.getStringValue(), FieldPaths.join(path, "record.value"), findings);
        into.add(
                new QueryChange.Append(
                        proto.getRecord().getKey(),
                        value.getStringValue(),
                        switch (proto.getAction()) {
                            case ADD_IF_ABSENT -> AppendAction.ADD_IF_ABSENT;
                            case OVERWRITE_IF_EXISTS_OR_ADD ->
                                    AppendAction.OVERWRITE_IF_EXISTS_OR_ADD;
                            case OVERWRITE_IF_EXISTS -> AppendAction.OVERWRITE_IF_EXISTS;
                            case APPEND_IF_EXISTS_OR_ADD, UNRECOGNIZED ->
                                    AppendAction.APPEND_IF_EXISTS_OR_ADD;
                        }));
    }
}
