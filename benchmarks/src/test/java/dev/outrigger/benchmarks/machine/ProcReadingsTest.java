// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProcReadingsTest {

    private static final String STAT =
            "4711 (odd) name (x) S 17 4711 4711 0 -1 4194304 500 0 0 0 "
                    + "120 30 7 3 20 0 9 0 12345 1000000 250 18446744073709551615";

    @Test
    void readsStatAfterANameWithBrackets() {
        var stat = ProcStat.parse(STAT);

        assertThat(stat.parent()).isEqualTo(17);
        assertThat(stat.userNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(1200));
        assertThat(stat.systemNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(300));
        assertThat(stat.reapedNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
    }

    @Test
    void rejectsAStatThatIsCutOff() {
        assertThatThrownBy(() -> ProcStat.parse("1 (init) S 0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: at least 17 fields");
    }

    @Test
    void readsTheFirstNumberOfSchedstat() {
        assertThat(CpuTime.parseSchedstat("123456789 42 7\n")).isEqualTo(123_456_789);
    }

    @Test
    void prefersNanosecondsWhileBothSourcesAgree() {
        var used = new CpuTime(1_000_400_000, 600_000_000, 400_000_000);

        assertThat(used.nanos()).isEqualTo(1_000_400_000);
        assertThat(used.userShare()).isEqualTo(0.6);
    }

    @Test
    void prefersTicksWhenAThreadEndedInBetween() {
        var used = new CpuTime(500_000_000, 600_000_000, 400_000_000);

        assertThat(used.nanos()).isEqualTo(1_000_000_000);
    }

    @Test
    void readsStealFromTheSumOfAllCpus() {
        assertThat(MachineWatch.parseStealTicks("cpu  100 0 50 9000 3 0 2 77 0 0")).isEqualTo(77);
    }

    @Test
    void readsPressureOfTheLastTenSeconds() {
        var text =
                "some avg10=12.34 avg60=5.00 avg300=1.00 total=99\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";

        assertThat(QuietCheck.parsePressurePercent(text)).isEqualTo(12.34);
    }

    @Test
    void readsMemoryFromARollup() {
        var rollup =
                """
                55d0-7ffc ---p 00000000 00:00 0    [rollup]
                Rss:               61234 kB
                Pss:               40000 kB
                Pss_Anon:          20000 kB
                Anonymous:         21000 kB
                """;

        assertThat(Memory.parse(rollup)).isEqualTo(new Memory(61_234, 40_000, 21_000));
    }

    @Test
    void findsOnlyListeningSocketsOfThePort() {
        var table =
                """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
                   1: 0100007F:1F90 0100007F:A001 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0 100 0 0 10 0
                   2: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100 0 0 10 0
                """;

        assertThat(PortOwner.parseListening(table, 8080)).containsExactly("111");
    }

    @Test
    void namesEveryDisturbanceAboveItsLimit() {
        assertThat(new Disturbance(0.03, 0.01).reasons()).isEmpty();
        assertThat(new Disturbance(0.2, 0.05).reasons())
                .containsExactly(
                        "other processes used 20.0 % of a core (limit: 3 %)",
                        "the hypervisor took 5.0 % of the machine (limit: 1 %)");
    }
}
