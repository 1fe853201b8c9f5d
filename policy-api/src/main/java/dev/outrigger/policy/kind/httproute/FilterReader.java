// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.httproute;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.DocumentTree;
import dev.outrigger.policy.document.DocumentTree.ListTree;
import dev.outrigger.policy.document.DocumentTree.MapTree;
import dev.outrigger.policy.document.DocumentTree.ScalarTree;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Hosts;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.kind.field.Percents;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.Match;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.PathMatch;
import dev.outrigger.policy.kind.httproute.RouteFilters.Answer;
import dev.outrigger.policy.kind.httproute.RouteFilters.HeaderEdits;
import dev.outrigger.policy.kind.httproute.RouteFilters.Mirror;
import dev.outrigger.policy.kind.httproute.RouteFilters.PathChange;
import dev.outrigger.policy.kind.httproute.RouteFilters.Rewrite;
import dev.outrigger.policy.model.Percentage;
import dev.outrigger.policy.model.PolicyId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a rule's {@code filters}: each has a {@code type} and a field of the same name, as in
 * Gateway API. {@code RequestMirror} may occur up to four times, every other type once; {@code
 * DirectResponse} ({@code status} 200..599, {@code body} up to 4096 bytes) is ours. A rule that
 * answers itself neither rewrites nor mirrors.
 */
final class FilterReader {
    private static final int MAX_FILTERS = 16;
    private static final int MAX_MIRRORS = 4;

    /** Envoy's {@code max_direct_response_body_size_bytes}. */
    private static final int MAX_BODY_BYTES = 4_096;

    private static final Map<Integer, Integer> REDIRECTS =
            Map.of(301, 301, 302, 302, 303, 303, 307, 307, 308, 308);

    private enum Type {
        REQUEST_HEADERS("RequestHeaderModifier"),
        RESPONSE_HEADERS("ResponseHeaderModifier"),
        REDIRECT("RequestRedirect"),
        REWRITE("URLRewrite"),
        MIRROR("RequestMirror"),
        DIRECT("DirectResponse");

        private final String word;

        Type(String word) {
            this.word = word;
        }

        /** The field beside {@code type}. */
        String field() {
            return this == REWRITE
                    ? "urlRewrite"
                    : Character.toLowerCase(word.charAt(0)) + word.substring(1);
        }

        static Map<String, Type> words(RouteProtocol protocol, boolean ofBackend) {
            var words = new HashMap<String, Type>();
            for (Type type : values()) {
                if (type.isFor(protocol) && (!ofBackend || type.isForBackends())) {
                    words.put(type.word, type);
                }
            }
            return words;
        }

        /** A call has no address to rewrite, and its answer is no document to make up. */
        private boolean isFor(RouteProtocol protocol) {
            return switch (this) {
                case REQUEST_HEADERS, RESPONSE_HEADERS, MIRROR -> true;
                case REDIRECT, REWRITE, DIRECT -> protocol == RouteProtocol.HTTP;
            };
        }

        private boolean isForBackends() {
            return switch (this) {
                case REQUEST_HEADERS, RESPONSE_HEADERS, REWRITE -> true;
                case REDIRECT, MIRROR, DIRECT -> false;
            };
        }
    }

    private final RouteProtocol protocol;
    private final PolicyId owner;
    private final List<Match> matches;

    private HeaderEdits request = HeaderEdits.NONE;
    private HeaderEdits response = HeaderEdits.NONE;
    private Optional<Rewrite> rewrite = Optional.empty();
    private Optional<Answer> answer = Optional.empty();
    private final List<Mirror> mirrors = new ArrayList<>();

    private FilterReader(RouteProtocol protocol, PolicyId owner, List<Match> matches) {
        this.protocol = protocol;
        this.owner = owner;
        this.matches = matches;
    }

    /** A rule's filters. */
    static RouteFilters read(
            RouteProtocol protocol, DocumentNode list, PolicyId owner, List<Match> matches) {
        return new FilterReader(protocol, owner, matches).readAll(list, false);
    }

    /** A backend's filters, which edit headers and rewrite. */
    static RouteFilters ofBackend(
            RouteProtocol protocol, DocumentNode list, PolicyId owner, List<Match> matches) {
        return new FilterReader(protocol, owner, matches).readAll(list, true);
    }

    /** Whether a rule with these filters needs no backend, be they right or wrong in detail. */
    static boolean answers(DocumentNode list) {
        return list
                .tree()
                .filter(ListTree.class::isInstance)
                .map(ListTree.class::cast)
                .map(ListTree::items)
                .orElse(List.of())
                .stream()
                .anyMatch(FilterReader::isAnswer);
    }

    private static boolean isAnswer(DocumentTree item) {
        return item instanceof MapTree map
                && map.find("type")
                        .map(entry -> entry.value())
                        .filter(ScalarTree.class::isInstance)
                        .map(value -> ((ScalarTree) value).text())
                        .filter(text ->
                                text.equals(Type.REDIRECT.word) || text.equals(Type.DIRECT.word))
                        .isPresent();
    }

    private RouteFilters readAll(DocumentNode list, boolean ofBackend) {
        var seen = new HashMap<Type, Integer>();
        List<DocumentNode> items = list.items(0, MAX_FILTERS);
        for (int i = 0; i < items.size(); i++) {
            DocumentNode item = items.get(i);
            DocumentNode typeNode = item.isMap() ? item.field("type").required() : item;
            var type =
                    item.isMap()
                            ? typeNode.oneOf(Type.words(protocol, ofBackend))
                            : Optional.<Type>empty();
            if (type.isEmpty()) {
                if (!item.isMap()) {
                    item.wrongType("an object");
                }
                continue;
            }
            int count = seen.merge(type.get(), 1, Integer::sum);
            if (count > (type.get() == Type.MIRROR ? MAX_MIRRORS : 1)) {
                typeNode.violate(
                        ViolationCode.DUPLICATE,
                        type.get().word
                                + " occurs too often (expected: "
                                + (type.get() == Type.MIRROR ? "at most 4 times" : "once")
                                + ").");
                continue;
            }
            if (item.objectOf(List.of("type", type.get().field()))) {
                readOne(type.get(), i, item.field(type.get().field()).required());
            }
        }
        checkTogether(list, seen);
        return new RouteFilters(request, response, rewrite, answer, mirrors);
    }

    private void readOne(Type type, int index, DocumentNode node) {
        if (!node.isPresent()) {
            return;
        }
        switch (type) {
            case REQUEST_HEADERS -> request = edits(node);
            case RESPONSE_HEADERS -> response = edits(node);
            case REDIRECT -> answer = redirect(node);
            case REWRITE -> rewrite = rewrite(node);
            case MIRROR -> mirror(index, node);
            case DIRECT -> answer = direct(node);
        }
    }

    private static void checkTogether(DocumentNode list, Map<Type, Integer> seen) {
        boolean redirects = seen.containsKey(Type.REDIRECT);
        boolean answers = redirects || seen.containsKey(Type.DIRECT);
        if (redirects && seen.containsKey(Type.DIRECT)) {
            list.violate(
                    ViolationCode.INCONSISTENT,
                    "Answers twice (expected: either RequestRedirect or DirectResponse).");
        }
        for (Type other : List.of(Type.REWRITE, Type.MIRROR, Type.REQUEST_HEADERS)) {
            if (answers && seen.containsKey(other)) {
                list.violate(
                        ViolationCode.INCONSISTENT,
                        "Sends no request that "
                                + other.word
                                + " could act on, as it answers itself.");
            }
        }
    }

    private static HeaderEdits edits(DocumentNode node) {
        if (!node.objectOf(List.of("set", "add", "remove"))) {
            return HeaderEdits.NONE;
        }
        var names = new ArrayList<String>();
        var set = headers(node.field("set"), names);
        var add = headers(node.field("add"), names);
        var remove = new ArrayList<String>();
        for (DocumentNode item : node.field("remove").items(0, 64)) {
            editable(item, names).ifPresent(remove::add);
        }
        return new HeaderEdits(set, add, remove);
    }

    private static List<RouteFilters.Header> headers(DocumentNode list, List<String> names) {
        var headers = new ArrayList<RouteFilters.Header>();
        for (DocumentNode item : list.items(0, 64)) {
            if (!item.objectOf(List.of("name", "value"))) {
                continue;
            }
            var name = editable(item.field("name").required(), names);
            var value = Names.printable(item.field("value").required(), 4_096);
            if (name.isPresent() && value.isPresent()) {
                headers.add(new RouteFilters.Header(name.get(), value.get()));
            }
        }
        return headers;
    }

    /** Envoy refuses to edit the host as a header, and framing is not for anybody to edit. */
    private static Optional<String> editable(DocumentNode node, List<String> names) {
        var name = Names.header(node);
        if (name.isEmpty()) {
            return name;
        }
        switch (name.get()) {
            case "host" ->
                    node.violate(
                            ViolationCode.BAD_VALUE,
                            "The host is no header to edit (expected: a URLRewrite with"
                                    + " 'hostname').");
            case "content-length", "transfer-encoding", "connection", "upgrade", "te" ->
                    node.violate(
                            ViolationCode.BAD_VALUE,
                            Quoted.of(name.get()) + " belongs to the connection, not to policies.");
            default -> {}
        }
        if (names.contains(name.get())) {
            node.violate(ViolationCode.DUPLICATE, Quoted.of(name.get()) + " is edited twice.");
        }
        names.add(name.get());
        return name;
    }

    private Optional<Rewrite> rewrite(DocumentNode node) {
        if (!node.objectOf(List.of("hostname", "path"))) {
            return Optional.empty();
        }
        if (!node.field("hostname").isPresent() && !node.field("path").isPresent()) {
            node.violate(
                    ViolationCode.MISSING_FIELD,
                    "Rewrites nothing (expected: at least one of hostname, path).");
        }
        return Optional.of(
                new Rewrite(Hosts.hostname(node.field("hostname")), path(node.field("path"))));
    }

    private Optional<Answer> redirect(DocumentNode node) {
        if (!node.objectOf(List.of("scheme", "hostname", "port", "path", "statusCode"))) {
            return Optional.empty();
        }
        var scheme = node.field("scheme").oneOf(Map.of("http", "http", "https", "https"));
        var hostname = Hosts.hostname(node.field("hostname"));
        var port = node.field("port").intIn(1, 65_535);
        var path = path(node.field("path"));
        DocumentNode statusNode = node.field("statusCode");
        var status = statusNode.intIn(300, 399);
        if (status.isPresent() && !REDIRECTS.containsKey(status.get())) {
            statusNode.violate(
                    ViolationCode.BAD_VALUE,
                    status.get() + " is no redirect (expected: 301, 302, 303, 307 or 308).");
        }
        if (List.of("scheme", "hostname", "port", "path").stream()
                .noneMatch(field -> node.field(field).isPresent())) {
            node.violate(
                    ViolationCode.MISSING_FIELD,
                    "Redirects to where the request was (expected: at least one of scheme,"
                            + " hostname, port, path).");
        }
        return Optional.of(new Answer.Redirect(scheme, hostname, port, path, status.orElse(302)));
    }

    private Optional<PathChange> path(DocumentNode node) {
        if (!node.isPresent()
                || !node.objectOf(List.of("type", "replaceFullPath", "replacePrefixMatch"))) {
            return Optional.empty();
        }
        var isFull =
                node.field("type")
                        .required()
                        .oneOf(Map.of("ReplaceFullPath", true, "ReplacePrefixMatch", false));
        if (isFull.isEmpty()) {
            return Optional.empty();
        }
        DocumentNode other = node.field(isFull.get() ? "replacePrefixMatch" : "replaceFullPath");
        if (other.isPresent()) {
            other.violate(ViolationCode.INCONSISTENT, "Belongs to the other 'type'.");
        }
        DocumentNode value =
                node.field(isFull.get() ? "replaceFullPath" : "replacePrefixMatch").required();
        if (!isFull.get() && !matches.stream().allMatch(FilterReader::isPrefix)) {
            node.violate(
                    ViolationCode.INCONSISTENT,
                    "Replaces a prefix, but not every match of the rule is one (expected: matches"
                            + " with a path of type PathPrefix).");
        }
        return MatchReader.literal(value)
                .<PathChange>map(
                        isFull.get() ? PathChange.ReplaceFull::new : PathChange.ReplacePrefix::new);
    }

    private static boolean isPrefix(Match match) {
        return match.path() instanceof PathMatch.Prefix;
    }

    private void mirror(int index, DocumentNode node) {
        if (!node.objectOf(List.of("backendRef", "percent"))) {
            return;
        }
        var percent = Percents.read(node.field("percent")).orElse(Percentage.ALL);
        DocumentNode backendNode = node.field("backendRef").required();
        if (backendNode.isPresent()) {
            BackendReader.target(backendNode, owner)
                    .ifPresent(backend -> mirrors.add(new Mirror(index, backend, percent)));
        }
    }

    private static Optional<Answer> direct(DocumentNode node) {
        if (!node.objectOf(List.of("status", "body"))) {
            return Optional.empty();
        }
        var status = node.field("status").required().intIn(200, 599);
        DocumentNode bodyNode = node.field("body");
        var body = bodyNode.string(MAX_BODY_BYTES);
        if (body.isPresent()
                && body.get().getBytes(StandardCharsets.UTF_8).length > MAX_BODY_BYTES) {
            bodyNode.violate(
                    ViolationCode.OUT_OF_RANGE,
                    "Has more than " + MAX_BODY_BYTES + " bytes (expected: at most so many).");
        }
        return status.map(value -> new Answer.Direct(value, body));
    }
}
