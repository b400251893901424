// Libpq: PostgreSQL's client library, loaded by the first who opens such a database. The program is
// not linked with it: whoever keeps everything in SQLite needs none.
#pragma once

#include <libpq-fe.h>

#include "base/result.h"

namespace forgehouse::metadb::postgresql {

/// Its functions, by their names without PQ. Cheap to copy; the library is never unloaded.
struct Libpq {
    /// Errors: Unavailable where the library is not there, or lacks a function.
    static Result<Libpq> load();

    decltype(&::PQconninfoParse) conninfoParse;
    decltype(&::PQconninfoFree) conninfoFree;
    decltype(&::PQconnectStartParams) connectStartParams;
    decltype(&::PQconnectPoll) connectPoll;
    decltype(&::PQfinish) finish;
    decltype(&::PQstatus) status;
    decltype(&::PQsocket) socket;
    decltype(&::PQerrorMessage) errorMessage;
    decltype(&::PQparameterStatus) parameterStatus;
    decltype(&::PQserverVersion) serverVersion;
    decltype(&::PQsetnonblocking) setnonblocking;
    decltype(&::PQsetNoticeProcessor) setNoticeProcessor;
    decltype(&::PQsendQuery) sendQuery;
    decltype(&::PQsendPrepare) sendPrepare;
    decltype(&::PQsendQueryPrepared) sendQueryPrepared;
    decltype(&::PQflush) flush;
    decltype(&::PQconsumeInput) consumeInput;
    decltype(&::PQisBusy) isBusy;
    decltype(&::PQgetResult) getResult;
    decltype(&::PQclear) clear;
    decltype(&::PQgetCancel) getCancel;
    decltype(&::PQcancel) cancel;
    decltype(&::PQfreeCancel) freeCancel;
    decltype(&::PQresultStatus) resultStatus;
    decltype(&::PQresultErrorField) resultErrorField;
    decltype(&::PQcmdStatus) cmdStatus;
    decltype(&::PQcmdTuples) cmdTuples;
    decltype(&::PQntuples) ntuples;
    decltype(&::PQnfields) nfields;
    decltype(&::PQftype) ftype;
    decltype(&::PQgetisnull) getisnull;
    decltype(&::PQgetvalue) getvalue;
    decltype(&::PQgetlength) getlength;
};

}  // namespace forgehouse::metadb::postgresql
