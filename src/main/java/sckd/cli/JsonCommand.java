package sckd.cli;

import picocli.CommandLine.Mixin;

/** A command that reports, as text or as JSON. */
abstract class JsonCommand implements Common.Holder {
    @Mixin
    JsonOutput json;

    @Mixin
    private Common common;

    @Override
    public Common common() {
        return common;
    }
}
