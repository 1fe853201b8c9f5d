// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.healthcheck;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Hosts;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.kind.field.StatusCodes;
import dev.outrigger.policy.kind.healthcheck.HealthCheckPolicy.Check;
import dev.outrigger.policy.model.BlockKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code healthCheck}.
 *
 * <ul>
 *   <li>exactly one of {@code http} ({@code path}, {@code method} GET, HEAD or OPTIONS, {@code
 *       host}, {@code expectedStatuses}), {@code tcp} ({@code send}, {@code receive}) and {@code
 *       grpc} ({@code service})
 *   <li>{@code interval} (default 5s), {@code timeout} (1s), {@code unhealthyInterval} (as
 *       interval), {@code noTrafficInterval} (as interval; Envoy's 60s would find a dead host only
 *       by the first requests): 1ms..24h
 *   <li>{@code unhealthyThreshold} (3), {@code healthyThreshold} (2): 1..1,000
 *   <li>{@code reuseConnection} (true)
 * </ul>
 */
public final class HealthCheckKind implements BlockKind<HealthCheckPolicy> {
    private static final List<String> CHECKS = List.of("http", "tcp", "grpc");
    private static final List<String> FIELDS =
            List.of(
                    "interval",
                    "timeout",
                    "unhealthyInterval",
                    "noTrafficInterval",
                    "unhealthyThreshold",
                    "healthyThreshold",
                    "reuseConnection",
                    "http",
                    "tcp",
                    "grpc");
    private static final Duration MIN = Duration.ofMillis(1);
    private static final Duration MAX = Duration.ofHours(24);
    private static final int MAX_TEXT = 1_024;

    @Override
    public String blockName() {
        return "healthCheck";
    }

    @Override
    public Class<HealthCheckPolicy> blockType() {
        return HealthCheckPolicy.class;
    }

    @Override
    public Optional<HealthCheckPolicy> read(DocumentNode block) {
        var mark = block.violations().mark();
        if (!block.objectOf(FIELDS)) {
            return Optional.empty();
        }
        var interval = block.field("interval").duration(MIN, MAX).orElse(Duration.ofSeconds(5));
        var timeout = block.field("timeout").duration(MIN, MAX).orElse(Duration.ofSeconds(1));
        var unhealthy = block.field("unhealthyInterval").duration(MIN, MAX);
        var noTraffic = block.field("noTrafficInterval").duration(MIN, MAX);
        var unhealthyThreshold = block.field("unhealthyThreshold").intIn(1, 1_000);
        var healthyThreshold = block.field("healthyThreshold").intIn(1, 1_000);
        var reuse = block.field("reuseConnection").bool();
        var check = readCheck(block);
        return mark.ifClean(() ->
                new HealthCheckPolicy(
                        interval,
                        timeout,
                        unhealthy,
                        noTraffic.orElse(interval),
                        unhealthyThreshold.orElse(3),
                        healthyThreshold.orElse(2),
                        reuse.orElse(true),
                        check.orElseThrow()));
    }

    private static Optional<Check> readCheck(DocumentNode block) {
        long given = CHECKS.stream().filter(check -> block.field(check).isPresent()).count();
        if (given != 1) {
            block.violate(
                    ViolationCode.INCONSISTENT,
                    "Has " + given + " checks (expected: exactly one of http, tcp, grpc).");
            return Optional.empty();
        }
        if (block.field("http").isPresent()) {
            return readHttp(block.field("http"));
        }
        if (block.field("tcp").isPresent()) {
            return readTcp(block.field("tcp"));
        }
        DocumentNode grpc = block.field("grpc");
        return grpc.objectOf(List.of("service"))
                ? Optional.of(new Check.Grpc(Names.printable(grpc.field("service"), MAX_TEXT)))
                : Optional.empty();
    }

    private static Optional<Check> readHttp(DocumentNode node) {
        if (!node.objectOf(List.of("path", "method", "host", "expectedStatuses"))) {
            return Optional.empty();
        }
        DocumentNode pathNode = node.field("path").required();
        var path = Names.printable(pathNode, MAX_TEXT);
        boolean isBad =
                path.isPresent()
                        && (!path.get().startsWith("/")
                                || path.get().chars().anyMatch(c -> c <= ' ' || c > '~'));
        if (isBad) {
            pathNode.violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(path.get()) + " is not a path (expected: such as /healthz).");
        }
        var method =
                node.field("method")
                        .oneOf(Map.of("GET", "GET", "HEAD", "HEAD", "OPTIONS", "OPTIONS"));
        var host = Hosts.hostname(node.field("host"));
        var statuses = StatusCodes.read(node.field("expectedStatuses"), 100, 599);
        return path.map(text -> new Check.Http(text, method.orElse("GET"), host, statuses));
    }

    private static Optional<Check> readTcp(DocumentNode node) {
        if (!node.objectOf(List.of("send", "receive"))) {
            return Optional.empty();
        }
        var receive = new ArrayList<String>();
        for (DocumentNode item : node.field("receive").items(0, 16)) {
            text(item).ifPresent(receive::add);
        }
        return Optional.of(new Check.Tcp(text(node.field("send")), receive));
    }

    /** What is compared with nothing would match everything. */
    private static Optional<String> text(DocumentNode node) {
        var text = node.string(MAX_TEXT);
        if (text.filter(String::isEmpty).isPresent()) {
            node.violate(ViolationCode.BAD_VALUE, "Is empty (expected: at least a character).");
        }
        return text;
    }
}
