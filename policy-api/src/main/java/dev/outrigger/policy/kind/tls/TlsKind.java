// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.tls;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.FilePaths;
import dev.outrigger.policy.kind.field.Hosts;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.kind.tls.TlsPolicy.ClientCertificate;
import dev.outrigger.policy.kind.tls.TlsPolicy.SubjectAltName;
import dev.outrigger.policy.kind.tls.TlsPolicy.Trusted;
import dev.outrigger.policy.kind.tls.TlsPolicy.Version;
import dev.outrigger.policy.model.BlockKind;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads {@code tls}, with the words of Gateway API's BackendTLSPolicy.
 *
 * <ul>
 *   <li>{@code validation}: {@code hostname}; exactly one of {@code caCertificateRefs} (one {@code
 *       file}) and {@code wellKnownCACertificates} (System); {@code subjectAltNames} (0..5 of
 *       {@code type} Hostname with {@code hostname}, or URI with {@code uri})
 *   <li>{@code clientCertificate}: {@code certificateFile}, {@code privateKeyFile}
 *   <li>{@code minVersion}, {@code maxVersion}: TLSv1.2, TLSv1.3
 *   <li>{@code alpn}: 1..8 protocol names; default what the service's port speaks
 * </ul>
 */
public final class TlsKind implements BlockKind<TlsPolicy> {
    private static final List<String> FIELDS =
            List.of("validation", "clientCertificate", "minVersion", "maxVersion", "alpn");
    private static final List<String> VALIDATION_FIELDS =
            List.of("hostname", "caCertificateRefs", "wellKnownCACertificates", "subjectAltNames");
    private static final Map<String, Version> VERSIONS =
            Map.of("TLSv1.2", Version.TLS_1_2, "TLSv1.3", Version.TLS_1_3);
    private static final int MAX_URI = 253;
    private static final int MAX_NAMES = 5;

    /** IANA's names of application protocols are of such characters. */
    private static final Pattern PROTOCOL = Pattern.compile("[!-+\\--~]{1,255}");

    @Override
    public String blockName() {
        return "tls";
    }

    @Override
    public Class<TlsPolicy> blockType() {
        return TlsPolicy.class;
    }

    @Override
    public Optional<TlsPolicy> read(DocumentNode block) {
        var mark = block.violations().mark();
        if (!block.objectOf(FIELDS)) {
            return Optional.empty();
        }
        DocumentNode validation = block.field("validation").required();
        if (!validation.isPresent() || !validation.objectOf(VALIDATION_FIELDS)) {
            return Optional.empty();
        }
        var hostname = Hosts.hostname(validation.field("hostname").required());
        var trusted = readTrusted(validation);
        var names = readNames(validation.field("subjectAltNames"));
        var client = readClient(block.field("clientCertificate"));
        var min = block.field("minVersion").oneOf(VERSIONS);
        DocumentNode maxNode = block.field("maxVersion");
        var max = maxNode.oneOf(VERSIONS);
        if (min.isPresent() && max.isPresent() && max.get().compareTo(min.get()) < 0) {
            maxNode.violate(
                    ViolationCode.INCONSISTENT,
                    "Is older than 'minVersion' (expected: the same or a newer one).");
        }
        var alpn = readAlpn(block.field("alpn"));
        return mark.ifClean(() ->
                new TlsPolicy(
                        hostname.orElseThrow(),
                        trusted.orElseThrow(),
                        names,
                        client,
                        min,
                        max,
                        alpn));
    }

    private static Optional<Trusted> readTrusted(DocumentNode validation) {
        DocumentNode files = validation.field("caCertificateRefs");
        DocumentNode known = validation.field("wellKnownCACertificates");
        if (files.isPresent() == known.isPresent()) {
            validation.violate(
                    ViolationCode.INCONSISTENT,
                    "Says "
                            + (files.isPresent() ? "twice" : "nowhere")
                            + " whose certificates are believed (expected: exactly one of"
                            + " caCertificateRefs, wellKnownCACertificates).");
        }
        var system = known.oneOf(Map.of("System", new Trusted.OperatingSystem()));
        Optional<Trusted> file = Optional.empty();
        if (files.isPresent()) {
            for (DocumentNode item : files.items(1, 1)) {
                if (item.objectOf(List.of("file"))) {
                    file = FilePaths.absolute(item.field("file").required()).map(Trusted.File::new);
                }
            }
        }
        return file.isPresent() ? file : system.map(all -> all);
    }

    private static List<SubjectAltName> readNames(DocumentNode list) {
        var names = new ArrayList<SubjectAltName>();
        for (DocumentNode item : list.items(0, MAX_NAMES)) {
            if (!item.objectOf(List.of("type", "hostname", "uri"))) {
                continue;
            }
            var isUri = item.field("type").required().oneOf(Map.of("Hostname", false, "URI", true));
            if (isUri.isEmpty()) {
                continue;
            }
            DocumentNode other = item.field(isUri.get() ? "hostname" : "uri");
            if (other.isPresent()) {
                other.violate(ViolationCode.INCONSISTENT, "Belongs to the other 'type'.");
            }
            DocumentNode value = item.field(isUri.get() ? "uri" : "hostname").required();
            if (isUri.get()) {
                uri(value).map(SubjectAltName.Uri::new).ifPresent(names::add);
            } else {
                Hosts.hostnameOrWildcard(value)
                        .map(SubjectAltName.Hostname::new)
                        .ifPresent(names::add);
            }
        }
        return names;
    }

    /** Gateway API's form: absolute, with an authority, and compared as it stands. */
    private static Optional<String> uri(DocumentNode node) {
        var text = Names.printable(node, MAX_URI);
        if (text.isPresent() && !isUri(text.get())) {
            node.violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(text.get())
                            + " is no absolute URI (expected: such as spiffe://mesh/b).");
            return Optional.empty();
        }
        return text;
    }

    private static boolean isUri(String text) {
        try {
            var uri = new URI(text);
            return uri.isAbsolute() && uri.getRawAuthority() != null;
        } catch (URISyntaxException _) {
            return false;
        }
    }

    private static Optional<ClientCertificate> readClient(DocumentNode node) {
        if (!node.isPresent() || !node.objectOf(List.of("certificateFile", "privateKeyFile"))) {
            return Optional.empty();
        }
        var certificate = FilePaths.absolute(node.field("certificateFile").required());
        var key = FilePaths.absolute(node.field("privateKeyFile").required());
        return certificate.isPresent() && key.isPresent()
                ? Optional.of(new ClientCertificate(certificate.get(), key.get()))
                : Optional.empty();
    }

    private static List<String> readAlpn(DocumentNode list) {
        var protocols = new ArrayList<String>();
        if (!list.isPresent()) {
            return protocols;
        }
        for (DocumentNode item : list.items(1, 8)) {
            var name = item.form(PROTOCOL).string(256);
            if (name.isPresent() && !PROTOCOL.matcher(name.get()).matches()) {
                item.violate(
                        ViolationCode.BAD_VALUE,
                        Quoted.of(name.get()) + " is no protocol (expected: such as h2).");
            } else if (name.isPresent() && protocols.contains(name.get())) {
                item.violate(ViolationCode.DUPLICATE, Quoted.of(name.get()) + " is listed twice.");
            }
            name.ifPresent(protocols::add);
        }
        return protocols;
    }
}
