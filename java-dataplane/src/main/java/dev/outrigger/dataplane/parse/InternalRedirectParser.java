// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.RouteActionConfig.InternalRedirectConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.RedirectPredicate;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.InternalRedirectPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.InternalRedirectAction;
import io.envoyproxy.envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig;
import io.envoyproxy.envoy.extensions.internal_redirect.previous_routes.v3.PreviousRoutesConfig;
import io.envoyproxy.envoy.extensions.internal_redirect.safe_cross_scheme.v3.SafeCrossSchemeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code InternalRedirectPolicy} and the deprecated fields before it (IR1, IR2). */
@SuppressWarnings("deprecation") // internal_redirect_action is still sent
final class InternalRedirectParser {
    private static final SupportedFields ALLOW_LISTED =
            SupportedFields.of(AllowListedRoutesConfig.class).obeyed("allowed_route_names");

    private static final SupportedFields PREVIOUS_ROUTES =
            SupportedFields.of(PreviousRoutesConfig.class);

    private static final SupportedFields SAFE_CROSS_SCHEME =
            SupportedFields.of(SafeCrossSchemeConfig.class);

    private static final SupportedFields PREDICATE =
            SupportedFields.of(TypedExtensionConfig.class, "internal redirect predicate")
                    .obeyed("name")
                    .extension(
                            "typed_config",
                            List.of(
                                    () -> ALLOW_LISTED,
                                    () -> PREVIOUS_ROUTES,
                                    () -> SAFE_CROSS_SCHEME));

    static final SupportedFields POLICY =
            SupportedFields.of(InternalRedirectPolicy.class)
                    .obeyed(
                            "max_internal_redirects",
                            "redirect_response_codes",
                            "allow_cross_scheme_redirect",
                            "response_headers_to_copy")
                    .nested("predicates", () -> PREDICATE);

    /** Others in {@code redirect_response_codes} are ignored. */
    private static final Set<Integer> REDIRECT_CODES = Set.of(301, 302, 303, 307, 308);

    private InternalRedirectParser() {}

    static Optional<InternalRedirectConfig> parse(
            RouteAction proto, String path, Findings findings) {
        if (proto.hasInternalRedirectPolicy()) {
            return Optional.of(
                    policy(
                            proto.getInternalRedirectPolicy(),
                            FieldPaths.join(path, "internal_redirect_policy"),
                            findings));
        }
        if (proto.getInternalRedirectAction() == InternalRedirectAction.HANDLE_INTERNAL_REDIRECT) {
            return Optional.of(
                    new InternalRedirectConfig(
                            proto.hasMaxInternalRedirects()
                                    ? Values.clamp(proto.getMaxInternalRedirects())
                                    : 1,
                            List.of(302),
                            List.of(),
                            false,
                            List.of()));
        }
        return Optional.empty();
    }

    private static InternalRedirectConfig policy(
            InternalRedirectPolicy proto, String path, Findings findings) {
        var headers = new ArrayList<String>();
        for (int i = 0; i < proto.getResponseHeadersToCopyCount(); i++) {
            String name = Ascii.lower(proto.getResponseHeadersToCopy(i));
            if (name.startsWith(":") || name.equals("host")) {
                findings.invalid(
                        FieldPaths.index(FieldPaths.join(path, "response_headers_to_copy"), i),
                        name,
                        ":-prefixed headers or Hosts may not be specified here.");
            }
            headers.add(name);
        }
        var predicates = new ArrayList<RedirectPredicate>();
        for (int i = 0; i < proto.getPredicatesCount(); i++) {
            String at = FieldPaths.index(FieldPaths.join(path, "predicates"), i);
            predicate(proto.getPredicates(i), at, findings).ifPresent(predicates::add);
        }
        return new InternalRedirectConfig(
                proto.hasMaxInternalRedirects() ? Values.clamp(proto.getMaxInternalRedirects()) : 1,
                proto.getRedirectResponseCodesCount() == 0
                        ? List.of(302)
                        : proto.getRedirectResponseCodesList().stream()
                                .filter(REDIRECT_CODES::contains)
                                .toList(),
                predicates,
                proto.getAllowCrossSchemeRedirect(),
                headers);
    }

    private static Optional<RedirectPredicate> predicate(
            TypedExtensionConfig proto, String path, Findings findings) {
        var any = proto.getTypedConfig();
        if (Values.is(any, PreviousRoutesConfig.class)) {
            return Optional.of(new RedirectPredicate.PreviousRoutes());
        }
        if (Values.is(any, SafeCrossSchemeConfig.class)) {
            return Optional.of(new RedirectPredicate.SafeCrossScheme());
        }
        return Values.unpack(
                        any,
                        AllowListedRoutesConfig.class,
                        FieldPaths.join(path, "typed_config"),
                        findings)
                .map(config ->
                        new RedirectPredicate.AllowListedRoutes(config.getAllowedRouteNamesList()));
    }
}
