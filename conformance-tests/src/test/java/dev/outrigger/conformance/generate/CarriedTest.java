// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.exchange.Transport;
import dev.outrigger.conformance.stage.Delivery;
import dev.outrigger.conformance.stage.Transports;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CarriedTest {
    private final Carried carried = new Carried();

    @Test
    void countsAnExchangeOnceHoweverMuchItHasToDoWith() {
        var securedUpstream = new Transports(Transport.PLAIN, Map.of("b", Transport.TLS));
        carried.add(Carried.of(cases(new Transports(Transport.HTTP2_TLS, Map.of())), Delivery.ADS));
        carried.add(Carried.of(cases(securedUpstream), Delivery.STATIC));

        assertThat(carried)
                .hasToString(
                        "3 over HTTP/2, 6 over TLS, 0 by files, 3 over ADS, 6 by any of these");
    }

    @Test
    void leavesOutWhatIsPlainAndStatic() {
        carried.add(Carried.of(cases(Transports.PLAIN), Delivery.STATIC));

        assertThat(carried)
                .hasToString(
                        "0 over HTTP/2, 0 over TLS, 0 by files, 0 over ADS, 0 by any of these");
    }

    private static List<GeneratedCase> cases(Transports transports) {
        var some = CaseGenerator.generate(1, 3);
        return List.of(new GeneratedCase(1, false, transports, some.config(), some.scenarios()));
    }
}
