// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.plan;

import com.google.re2j.Pattern;
import dev.outrigger.policy.plan.Question;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Whether Envoy's route would take a request; of Envoy's conditions those that we send. Follows
 * {@code envoy/config/route/v3/route_components.proto}.
 */
final class RouteMatching {
    private final Question question;
    private final String path;
    private final Map<String, String> parameters = new HashMap<>();

    RouteMatching(Question question) {
        this.question = question;
        int mark = question.path().indexOf('?');
        path = mark < 0 ? question.path() : question.path().substring(0, mark);
        if (mark >= 0) {
            for (String part : question.path().substring(mark + 1).split("&")) {
                int equals = part.indexOf('=');
                // Of several with one name Envoy looks at the first.
                parameters.putIfAbsent(
                        equals < 0 ? part : part.substring(0, equals),
                        equals < 0 ? "" : decoded(part.substring(equals + 1)));
            }
        }
    }

    boolean isTaken(RouteMatch match) {
        return isPath(match)
                && (!match.hasGrpc() || isGrpc())
                && match.getHeadersList().stream().allMatch(this::isHeader)
                && match.getQueryParametersList().stream().allMatch(this::isParameter);
    }

    /** As Envoy's {@code Grpc::Common::isGrpcRequestHeaders}. */
    private boolean isGrpc() {
        var type = question.headers().getOrDefault("content-type", "");
        return type.equals("application/grpc") || type.startsWith("application/grpc+");
    }

    private boolean isPath(RouteMatch match) {
        boolean ignoreCase = match.hasCaseSensitive() && !match.getCaseSensitive().getValue();
        String given = ignoreCase ? path.toLowerCase(Locale.ROOT) : path;
        return switch (match.getPathSpecifierCase()) {
            case PREFIX -> given.startsWith(cased(match.getPrefix(), ignoreCase));
            case PATH -> given.equals(cased(match.getPath(), ignoreCase));
            case PATH_SEPARATED_PREFIX -> {
                String prefix = cased(match.getPathSeparatedPrefix(), ignoreCase);
                yield given.equals(prefix) || given.startsWith(prefix + "/");
            }
            case SAFE_REGEX -> Pattern.matches(match.getSafeRegex().getRegex(), path);
            case CONNECT_MATCHER -> question.method().equals("CONNECT");
            case PATH_MATCH_POLICY, PATHSPECIFIER_NOT_SET -> false;
        };
    }

    private static String cased(String text, boolean ignoreCase) {
        return ignoreCase ? text.toLowerCase(Locale.ROOT) : text;
    }

    private boolean isHeader(HeaderMatcher matcher) {
        Optional<String> value = header(matcher.getName());
        boolean matches =
                switch (matcher.getHeaderMatchSpecifierCase()) {
                    case STRING_MATCH ->
                            value.filter(text -> isString(matcher.getStringMatch(), text))
                                    .isPresent();
                    case PRESENT_MATCH -> value.isPresent() == matcher.getPresentMatch();
                    case HEADERMATCHSPECIFIER_NOT_SET -> value.isPresent();
                    default -> false; // Deprecated forms, which we do not send.
                };
        return matches != matcher.getInvertMatch();
    }

    private Optional<String> header(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case ":method" -> Optional.of(question.method());
            case ":path" -> Optional.of(question.path());
            case ":authority", "host" -> Optional.of(question.host());
            case String other -> Optional.ofNullable(question.headers().get(other));
        };
    }

    private boolean isParameter(QueryParameterMatcher matcher) {
        var value = Optional.ofNullable(parameters.get(matcher.getName()));
        return switch (matcher.getQueryParameterMatchSpecifierCase()) {
            case STRING_MATCH ->
                    value.filter(text -> isString(matcher.getStringMatch(), text)).isPresent();
            case PRESENT_MATCH -> value.isPresent() == matcher.getPresentMatch();
            case QUERYPARAMETERMATCHSPECIFIER_NOT_SET -> value.isPresent();
        };
    }

    private static boolean isString(StringMatcher matcher, String value) {
        boolean ignoreCase = matcher.getIgnoreCase();
        String text = cased(value, ignoreCase);
        return switch (matcher.getMatchPatternCase()) {
            case EXACT -> text.equals(cased(matcher.getExact(), ignoreCase));
            case PREFIX -> text.startsWith(cased(matcher.getPrefix(), ignoreCase));
            case SUFFIX -> text.endsWith(cased(matcher.getSuffix(), ignoreCase));
            case CONTAINS -> text.contains(cased(matcher.getContains(), ignoreCase));
            case SAFE_REGEX -> Pattern.matches(matcher.getSafeRegex().getRegex(), value);
            case CUSTOM, MATCHPATTERN_NOT_SET -> false;
        };
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return text;
        }
    }
}
