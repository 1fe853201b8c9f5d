// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.CidrRange;
import dev.outrigger.dataplane.config.ForwardingConfig;
import dev.outrigger.dataplane.config.ForwardingConfig.CertificateDetail;
import dev.outrigger.dataplane.config.ForwardingConfig.ClientCertificate;
import dev.outrigger.dataplane.config.ForwardingConfig.OriginalIpDetection;
import dev.outrigger.dataplane.config.ForwardingConfig.ProxyName;
import dev.outrigger.dataplane.config.ForwardingConfig.ProxyStatus;
import dev.outrigger.dataplane.config.HeaderChange;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.config.core.v3.SchemeHeaderTransformation;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig;
import io.envoyproxy.envoy.extensions.http.original_ip_detection.xff.v3.XffConfig;
import io.envoyproxy.envoy.extensions.http.original_ip_detection.xff.v3.XffTrustedCidrs;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What the connection manager tells upstreams about callers. */
final class ForwardingParser {
    /** Of a rejection whose status is not an error. */
    private static final int DEFAULT_REJECT_STATUS = 403;

    private static final SupportedFields TRUSTED =
            SupportedFields.of(XffTrustedCidrs.class)
                    .nested("cidrs", () -> AddressParser.CIDR_RANGE);

    private static final SupportedFields XFF =
            SupportedFields.of(XffConfig.class)
                    .obeyed("xff_num_trusted_hops", "skip_xff_append")
                    .nested("xff_trusted_cidrs", () -> TRUSTED);

    private static final SupportedFields STATUS =
            SupportedFields.of(HttpStatus.class, "rejection").obeyed("code");

    private static final SupportedFields CUSTOM_HEADER =
            SupportedFields.of(CustomHeaderConfig.class)
                    .obeyed("header_name", "allow_extension_to_set_address_as_trusted")
                    .nested("reject_with_status", () -> STATUS);

    static final SupportedFields DETECTION =
            SupportedFields.of(TypedExtensionConfig.class, "original IP detection")
                    .noEffect("name", "the type decides")
                    .extension("typed_config", List.of(() -> XFF, () -> CUSTOM_HEADER));

    static final SupportedFields CERTIFICATE_DETAILS =
            SupportedFields.of(HttpConnectionManager.SetCurrentClientCertDetails.class)
                    .obeyed("subject", "cert", "chain", "uri", "dns");

    private static final SupportedFields EARLY_MUTATION =
            SupportedFields.of(HeaderMutation.class)
                    .nested("mutations", () -> HeaderMutationFilterParser.HEADER);

    static final SupportedFields EARLY =
            SupportedFields.of(TypedExtensionConfig.class, "early header mutation")
                    .noEffect("name", "the type decides")
                    .extension("typed_config", List.of(() -> EARLY_MUTATION));

    static final SupportedFields PROXY_STATUS =
            SupportedFields.of(HttpConnectionManager.ProxyStatusConfig.class)
                    .obeyed(
                            "remove_details",
                            "remove_response_flags",
                            "set_recommended_response_code",
                            "use_node_id",
                            "literal_proxy_name")
                    .noEffect(
                            "remove_connection_termination_details",
                            "HTTP connections have no termination details");

    static final SupportedFields SCHEME =
            SupportedFields.of(SchemeHeaderTransformation.class)
                    .obeyed("scheme_to_overwrite", "match_upstream");

    private final HttpConnectionManager proto;
    private final String path;
    private final Findings findings;

    private ForwardingParser(HttpConnectionManager proto, String path, Findings findings) {
        this.proto = proto;
        this.path = path;
        this.findings = findings;
    }

    static ForwardingConfig parse(HttpConnectionManager proto, String path, Findings findings) {
        return new ForwardingParser(proto, path, findings).parse();
    }

    private ForwardingConfig parse() {
        return new ForwardingConfig(
                clientCertificate(),
                certificateDetails(),
                proto.getSchemeHeaderTransformation().getSchemeToOverwrite(),
                proto.getSchemeHeaderTransformation().getMatchUpstream(),
                proto.getAppendXForwardedPort(),
                proto.getAddUserAgent().getValue(),
                proto.getRepresentIpv4RemoteAddressAsIpv4MappedIpv6(),
                detections(),
                earlyMutations(),
                proxyStatus());
    }

    private List<List<HeaderChange>> earlyMutations() {
        var all = new ArrayList<List<HeaderChange>>();
        for (int i = 0; i < proto.getEarlyHeaderMutationExtensionsCount(); i++) {
            String at =
                    FieldPaths.index(FieldPaths.join(path, "early_header_mutation_extensions"), i)
                            + ".typed_config";
            Values.unpack(
                            proto.getEarlyHeaderMutationExtensions(i).getTypedConfig(),
                            HeaderMutation.class,
                            at,
                            findings)
                    .ifPresent(config ->
                            all.add(
                                    HeaderMutationFilterParser.headers(
                                            config.getMutationsList(),
                                            FieldPaths.join(at, "mutations"),
                                            findings)));
        }
        return all;
    }

    private Optional<ProxyStatus> proxyStatus() {
        if (!proto.hasProxyStatusConfig()) {
            return Optional.empty();
        }
        var config = proto.getProxyStatusConfig();
        ProxyName name =
                switch (config.getProxyNameCase()) {
                    case USE_NODE_ID -> new ProxyName.NodeId();
                    case LITERAL_PROXY_NAME -> new ProxyName.Literal(config.getLiteralProxyName());
                    case PROXYNAME_NOT_SET -> new ProxyName.Server();
                };
        return Optional.of(
                new ProxyStatus(
                        name,
                        config.getRemoveDetails(),
                        config.getRemoveResponseFlags(),
                        config.getSetRecommendedResponseCode()));
    }

    private ClientCertificate clientCertificate() {
        return switch (proto.getForwardClientCertDetails()) {
            case ALWAYS_FORWARD_ONLY -> ClientCertificate.ALWAYS_FORWARD_ONLY;
            case FORWARD_ONLY -> ClientCertificate.FORWARD_ONLY;
            case APPEND_FORWARD -> ClientCertificate.APPEND_FORWARD;
            case SANITIZE_SET -> ClientCertificate.SANITIZE_SET;
            case SANITIZE, UNRECOGNIZED -> ClientCertificate.SANITIZE;
        };
    }

    private List<CertificateDetail> certificateDetails() {
        var wanted = proto.getSetCurrentClientCertDetails();
        var details = new ArrayList<CertificateDetail>();
        if (wanted.getCert()) {
            details.add(CertificateDetail.CERT);
        }
        if (wanted.getChain()) {
            details.add(CertificateDetail.CHAIN);
        }
        if (wanted.getSubject().getValue()) {
            details.add(CertificateDetail.SUBJECT);
        }
        if (wanted.getUri()) {
            details.add(CertificateDetail.URI);
        }
        if (wanted.getDns()) {
            details.add(CertificateDetail.DNS);
        }
        return details;
    }

    private List<OriginalIpDetection> detections() {
        int count = proto.getOriginalIpDetectionExtensionsCount();
        if (count > 0 && proto.getUseRemoteAddress().getValue()) {
            findings.invalid(
                    FieldPaths.join(path, "original_ip_detection_extensions"),
                    count,
                    "Original IP detection extensions and use_remote_address may not be mixed");
        }
        if (count > 0 && proto.getXffNumTrustedHops() != 0) {
            findings.invalid(
                    FieldPaths.join(path, "original_ip_detection_extensions"),
                    count,
                    "Original IP detection extensions and xff_num_trusted_hops may not be mixed");
        }
        var detections = new ArrayList<OriginalIpDetection>();
        for (int i = 0; i < count; i++) {
            String at =
                    FieldPaths.index(FieldPaths.join(path, "original_ip_detection_extensions"), i);
            detection(proto.getOriginalIpDetectionExtensions(i), at).ifPresent(detections::add);
        }
        return detections;
    }

    private Optional<OriginalIpDetection> detection(TypedExtensionConfig extension, String at) {
        String typed = FieldPaths.join(at, "typed_config");
        var any = extension.getTypedConfig();
        return Values.unpack(any, XffConfig.class, typed, findings)
                .<OriginalIpDetection>map(config -> xff(config, typed))
                .or(() ->
                        Values.unpack(any, CustomHeaderConfig.class, typed, findings)
                                .map(ForwardingParser::customHeader));
    }

    private OriginalIpDetection xff(XffConfig config, String at) {
        var trusted = new ArrayList<CidrRange>();
        if (config.hasXffTrustedCidrs()) {
            if (config.getXffNumTrustedHops() != 0) {
                findings.invalid(
                        FieldPaths.join(at, "xff_trusted_cidrs"),
                        "",
                        "Cannot set both xff_num_trusted_hops and xff_trusted_cidrs");
            }
            for (int i = 0; i < config.getXffTrustedCidrs().getCidrsCount(); i++) {
                String each = FieldPaths.index(FieldPaths.join(at, "xff_trusted_cidrs.cidrs"), i);
                AddressParser.cidr(config.getXffTrustedCidrs().getCidrs(i), each, findings)
                        .ifPresent(trusted::add);
            }
        }
        return new OriginalIpDetection.Xff(
                Values.clamp(Integer.toUnsignedLong(config.getXffNumTrustedHops())),
                trusted,
                !config.hasSkipXffAppend() || config.getSkipXffAppend().getValue());
    }

    private static OriginalIpDetection customHeader(CustomHeaderConfig config) {
        OptionalInt reject = OptionalInt.empty();
        if (config.hasRejectWithStatus()) {
            int code = config.getRejectWithStatus().getCode().getNumber();
            reject = OptionalInt.of(code < 400 ? DEFAULT_REJECT_STATUS : code);
        }
        return new OriginalIpDetection.CustomHeader(
                Ascii.lower(config.getHeaderName()),
                config.getAllowExtensionToSetAddressAsTrusted(),
                reject);
    }
}
