// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.document.DocumentReader.Format;
import dev.outrigger.policy.store.WriteContext.Source;
import dev.outrigger.policy.store.WriteOutcome.Written;
import dev.outrigger.policy.store.sqlite.SqliteOptions;
import dev.outrigger.policy.store.sqlite.SqlitePolicyStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** Writes until it is killed, printing each acknowledged revision and a full stop. */
final class StoreWriterMain {
    /** In every write, so that half of one would show. */
    static final int DOCUMENTS = 4;

    private StoreWriterMain() {}

    public static void main(String[] args) {
        var reader = PolicyReader.standard();
        var store =
                SqlitePolicyStore.open(
                        SqliteOptions.at(Path.of(args[0])),
                        reader,
                        InstantSource.system(),
                        StoreListener.NONE);
        var writes = new PolicyWrites(reader, store);
        var context = new WriteContext("kill", "", Source.API, Optional.empty());
        while (true) {
            byte[] body =
                    documents(store.documents().revision() + 1).getBytes(StandardCharsets.UTF_8);
            var written = (Written) writes.commit(writes.apply(body, Format.YAML), context);
            System.out.println(written.revision() + ".");
            System.out.flush();
        }
    }

    private static String documents(long revision) {
        var text = new StringBuilder();
        for (int i = 0; i < DOCUMENTS; i++) {
            text.append(PolicyStoreContract.service("s" + i, 1 + (int) (revision % 60_000)))
                    .append("---\n");
        }
        return text.toString();
    }
}
