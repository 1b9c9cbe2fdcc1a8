/** What happened, for people: tables. Reads results, never makes them. */
package sckd.report;
