// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import dev.outrigger.conformance.exchange.Transport;
import dev.outrigger.conformance.stage.Delivery;
import java.util.List;
import java.util.stream.Stream;

/**
 * How many exchanges had to do with what: those over plain HTTP/1.1 with a static configuration are
 * counted apart from those over HTTP/2, over TLS or with a configuration that came over xDS. Not
 * safe for threads.
 */
final class Carried {
    private int http2;
    private int tls;
    private int files;
    private int ads;
    private int any;

    /** The exchanges of cases that were played. */
    static Carried of(List<GeneratedCase> cases, Delivery delivery) {
        var carried = new Carried();
        cases.forEach(each -> carried.add(each, delivery));
        return carried;
    }

    void add(Carried other) {
        http2 += other.http2;
        tls += other.tls;
        files += other.files;
        ads += other.ads;
        any += other.any;
    }

    private void add(GeneratedCase played, Delivery delivery) {
        int exchanges = played.scenarios().size();
        boolean overHttp2 = transports(played).anyMatch(Transport::isHttp2);
        boolean overTls = transports(played).anyMatch(Transport::isTls);
        http2 += overHttp2 ? exchanges : 0;
        tls += overTls ? exchanges : 0;
        files += delivery == Delivery.FILES ? exchanges : 0;
        ads += delivery == Delivery.ADS ? exchanges : 0;
        any += overHttp2 || overTls || delivery != Delivery.STATIC ? exchanges : 0;
    }

    private static Stream<Transport> transports(GeneratedCase played) {
        var transports = played.transports();
        return Stream.concat(
                Stream.of(transports.downstream()), transports.upstreams().values().stream());
    }

    @Override
    public String toString() {
        return "%d over HTTP/2, %d over TLS, %d by files, %d over ADS, %d by any of these"
                .formatted(http2, tls, files, ads, any);
    }
}
