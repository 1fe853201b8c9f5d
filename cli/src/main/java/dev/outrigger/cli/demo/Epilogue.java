// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import java.io.IOException;

/** What happens between the demo's table and its end. */
@FunctionalInterface
public interface Epilogue {
    void run(Running demo) throws IOException, InterruptedException;
}
