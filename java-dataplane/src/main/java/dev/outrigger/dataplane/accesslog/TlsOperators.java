// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.accesslog.Operator.TextSource;
import dev.outrigger.dataplane.accesslog.Operators.Command;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.TlsInfo;
import dev.outrigger.dataplane.message.UrlEncoding;
import dev.outrigger.dataplane.x509.Certificate;
import dev.outrigger.dataplane.x509.GeneralName;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Operators about the TLS of either side; without value on a cleartext connection. */
final class TlsOperators {
    private static final String DOWNSTREAM = "DOWNSTREAM_";
    private static final String UPSTREAM = "UPSTREAM_";
    private static final String MILLIS = "%Y-%m-%dT%H:%M:%E3SZ";

    private TlsOperators() {}

    /** {@code null} for a name that is none of these. */
    static @Nullable Operator of(Command command) {
        String name = command.name();
        if (name.equals("UPSTREAM_SERVER_NAME")) {
            return command.text(text(TlsOperators::upstream, TlsInfo::serverName));
        }
        if (name.startsWith(DOWNSTREAM)) {
            return of(command, name.substring(DOWNSTREAM.length()), TlsOperators::downstream);
        }
        return name.startsWith(UPSTREAM)
                ? of(command, name.substring(UPSTREAM.length()), TlsOperators::upstream)
                : null;
    }

    private static @Nullable TlsInfo downstream(FormatContext context) {
        ConnectionInfo connection = context.info().findConnection();
        return connection == null ? null : connection.tls();
    }

    private static @Nullable TlsInfo upstream(FormatContext context) {
        return context.info().upstreamTls();
    }

    /** Finds the TLS of one side. */
    private interface Side {
        @Nullable TlsInfo of(FormatContext context);
    }

    private static @Nullable Operator of(Command command, String name, Side side) {
        TextSource source =
                switch (name) {
                    case "TLS_VERSION" -> text(side, TlsInfo::version);
                    case "TLS_CIPHER" -> text(side, TlsInfo::cipher);
                    case "TLS_GROUP" -> text(side, TlsInfo::group);
                    case "TLS_SESSION_ID" -> text(side, TlsInfo::sessionId);
                    case "TRANSPORT_FAILURE_REASON" ->
                            // The upstream's is the exchange's to know.
                            command.name().startsWith(UPSTREAM) ? null : failure(side);
                    case "PEER_CERT_V_START" -> time(command, side, Certificate::notBefore);
                    case "PEER_CERT_V_END" -> time(command, side, Certificate::notAfter);
                    case "PEER_CHAIN_FINGERPRINTS_256" -> chain(side, Certificate::sha256);
                    case "PEER_CHAIN_FINGERPRINTS_1" -> chain(side, Certificate::sha1);
                    case "PEER_CHAIN_SERIALS" -> chain(side, Certificate::serial);
                    case "PEER_ISSUER_FINGERPRINT_256" -> issuer(side, Certificate::sha256);
                    case "PEER_ISSUER_SERIAL" -> issuer(side, Certificate::serial);
                    default -> certificate(name, side);
                };
        return source == null ? null : command.text(source);
    }

    private static @Nullable TextSource certificate(String name, Side side) {
        boolean peer = name.startsWith("PEER_");
        if (!peer && !name.startsWith("LOCAL_")) {
            return null;
        }
        Function<Certificate, String> field = field(name.substring(peer ? 5 : 6), peer);
        return field == null
                ? null
                : text(
                        side,
                        tls -> {
                            Certificate one = peer ? tls.peerCertificate() : tls.ownCertificate();
                            return one == null ? "" : field.apply(one);
                        });
    }

    private static @Nullable Function<Certificate, String> field(String name, boolean peer) {
        return switch (name) {
            case "SUBJECT" -> Certificate::subject;
            case "URI_SAN" -> names(GeneralName.Type.URI);
            case "DNS_SAN" -> names(GeneralName.Type.DNS);
            case "IP_SAN" -> names(GeneralName.Type.IP_ADDRESS);
            case "EMAIL_SAN" -> names(GeneralName.Type.EMAIL);
            case "OTHERNAME_SAN" -> names(GeneralName.Type.OTHER_NAME);
            case "ISSUER" -> peer ? Certificate::issuer : null;
            case "SERIAL" -> peer ? Certificate::serial : null;
            case "FINGERPRINT_256" -> peer ? Certificate::sha256 : null;
            case "FINGERPRINT_1" -> peer ? Certificate::sha1 : null;
            case "CERT" -> peer ? c -> UrlEncoding.encode(c.pem()) : null;
            default -> null;
        };
    }

    private static Function<Certificate, String> names(GeneralName.Type type) {
        return certificate -> String.join(",", certificate.names(type));
    }

    private static TextSource chain(Side side, Function<Certificate, String> field) {
        return text(side, tls -> String.join(",", tls.peerChain().stream().map(field).toList()));
    }

    private static TextSource issuer(Side side, Function<Certificate, String> field) {
        return text(
                side,
                tls -> {
                    Certificate one = tls.peerIssuer();
                    return one == null ? "" : field.apply(one);
                });
    }

    private static TextSource failure(Side side) {
        return text(side, tls -> tls.failureReason().replace(' ', '_'));
    }

    private static TextSource time(
            Command command, Side side, Function<Certificate, Instant> when) {
        String pattern = command.argument().isEmpty() ? MILLIS : command.argument();
        Timestamps.Formatter formatter = Timestamps.strftime(pattern, ZoneOffset.UTC);
        return text(
                side,
                tls -> {
                    Certificate one = tls.peerCertificate();
                    return one == null ? "" : formatter.text(when.apply(one).toEpochMilli());
                });
    }

    private static TextSource text(Side side, Function<TlsInfo, String> field) {
        return context -> {
            TlsInfo tls = side.of(context);
            String value = tls == null ? "" : field.apply(tls);
            return value.isEmpty() ? null : value;
        };
    }
}
