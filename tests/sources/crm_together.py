"""Invented exports of four tools that know the same people.

Aki is in three of them under two addresses, Hal in two without a shared one. Records that are
deleted, merged or undated still have a history; amounts name their currency or not.
"""

FILES = {
    "hubspot/hubspot-crm-exports-all-contacts-2026-09-29.csv": (
        "Record ID,Email,Lifecycle Stage,Create Date,Became a Marketing Qualified Lead Da"
        "te,Original Source,Merged object IDs,Salesforce Lead ID\n"
        "1,Aki@Example.com,Lead,2026-01-10 09:00,2026-01-12,Organic Search,,\n"
        "2,ben@example.org,Customer,2026-01-11 09:00,,Paid Search,22,\n"
        "4,d@example.org,Lead,2026-01-11 09:00,,Paid Search,,00Q000000000005\n"
        "5,e@example.org,Lead,2026-01-11 09:00,,Paid Search,,\n"
        "6,f@example.org,Lead,2026-01-11 09:00,,Paid Search,,\n"
        "3,cho@example.org,Lead,2026-01-11 09:00,,Paid Search,,\n"
    ),
    "hubspot/hubspot-crm-exports-all-contacts-2026-09-30.csv": (
        "Record ID,Email,Lifecycle Stage,Create Date,Became a Marketing Qualified Lead Da"
        "te,Original Source,Merged object IDs,Salesforce Lead ID\n"
        "1,Aki@Example.com,Lead,2026-01-10 09:00,2026-01-12,Organic Search,,\n"
        "2,ben@example.org,Customer,2026-01-11 09:00,,Paid Search,22,\n"
        "4,d@example.org,Lead,2026-01-11 09:00,,Paid Search,,00Q000000000005\n"
        "5,e@example.org,Lead,2026-01-11 09:00,,Paid Search,,\n"
        "6,f@example.org,Lead,2026-01-11 09:00,,Paid Search,,\n"
    ),
    "hubspot/hubspot-crm-exports-all-deals-2026-09-30.csv": (
        'Record ID,Deal Stage,Amount,Create Date,Close Date,Associated Contact IDs,"Date '
        'entered ""Discovery (Sales Pipeline)""","Date entered ""Closed Won (Sales Pipeli'
        'ne)"""\n'
        '71,Discovery,"$21,000",2026-02-01 10:00,TBD,1,2026-02-01 10:00,\n'
        "72,closed won ,58.8k,2026-02-01,2026-03-01,22,2026-02-02,\n"
        "73,Closed Won,1000,,2026-03-01,2,2026-02-02,\n"
        "75,Discovery,USD 500,2026-02-01,2031-03-01,,,\n"
        "76,closedwon,12万円,2026-02-01 10:00,2026-03-01 09:00,,,2026-03-05 12:00\n"
    ),
    "hubspot/hubspot-contact-property-history-2026-09-30.csv": (
        "Record ID,Property Name,Value,Timestamp\n"
        "3,Lifecycle Stage,Marketing Qualified Lead,2026-02-01 10:00\n"
        "22,Lifecycle Stage,Marketing Qualified Lead,2026-02-01 10:00\n"
        "99,Lifecycle Stage,Customer,2026-02-01 10:00\n"
    ),
    "salesforce/2026-09-30/leads.csv": (
        "Id,IsDeleted,MasterRecordId,LastName,Email,Status,LeadSource,IsConverted,Convert"
        "edDate,ConvertedContactId,ConvertedOpportunityId,CreatedDate\n"
        "00Q000000000001EAA,false,,Aki,aki@example.com,Open,organic search,false,,,,2026-"
        "01-05T00:00:00.000Z\n"
        "00Q000000000002EAA,false,,Gil,gil@example.net,Closed - Converted,Webinar,true,20"
        "26-02-10,003000000000002AAA,006000000000001AAA,2026-01-05T00:00:00.000Z\n"
        "00Q000000000003EAA,true,00Q000000000001EAA,Aki,aki2@example.com,Open,Webinar,fal"
        "se,,,,2026-01-06T00:00:00.000Z\n"
        "00Q000000000004EAA,true,,Del,del@example.com,Open,Webinar,false,,,,2026-01-06T00"
        ":00:00.000Z\n"
        "00Q000000000005EAA,false,,Dee,dee@private.example,Open,Webinar,false,,,,2026-01-"
        "06T00:00:00.000Z\n"
    ),
    "salesforce/2026-09-30/contacts.csv": (
        "Id,IsDeleted,MasterRecordId,AccountId,LastName,Email,LeadSource,CreatedDate\n"
        "003000000000002AAA,false,,001000000000001AAA,Gil,gil@example.net,Webinar,2026-02"
        "-10T01:00:00.000Z\n"
        "003000000000003AAA,true,003000000000002AAA,001000000000001AAA,Gil,gil2@example.n"
        "et,Webinar,2026-02-10T01:00:00.000Z\n"
        "003000000000004AAA,false,,001000000000001AAA,Hal,,Webinar,2026-02-10T01:00:00.00"
        "0Z\n"
    ),
    "salesforce/2026-09-30/accounts.csv": (
        "Id,Name,Website,Industry,NumberOfEmployees,CreatedDate\n"
        "001000000000001AAA,Net KK,https://www.example.net,IT,300,2026-02-10T01:00:00.000"
        "Z\n"
    ),
    "salesforce/2026-09-30/opportunities.csv": (
        "Id,IsDeleted,AccountId,ContactId,Name,StageName,Amount,CloseDate,CreatedDate\n"
        "006000000000001AAA,false,001000000000001AAA,,Deal,closed won,1000,2026-03-01,202"
        "6-02-10\n"
        "006000000000002AAA,false,001000000000001AAA,003000000000003AAA,Deal,Prospecting,"
        "EUR 500,2026-12-01,2026-02-10\n"
        "006000000000003AAA,true,001000000000001AAA,003000000000002AAA,Deal,Closed Won,50"
        "0,2026-03-01,2026-02-10\n"
    ),
    "salesforce/2026-09-30/lead_history.csv": (
        "Id,LeadId,Field,OldValue,NewValue,CreatedDate\n"
        "017000000000001AAA,00Q000000000004EAA,Status,Open,Qualified,2026-02-01T00:00:00."
        "000Z\n"
    ),
    "marketo/leads_2026-09-30.csv": (
        "id,email,firstName,lastName,leadSource,leadStatus,sfdcLeadId,sfdcContactId,creat"
        "edAt,updatedAt\n"
        "101,aki.private@gmail.com,Aki,null,Webinar,MQL,00Q000000000001,null,2026-01-04T0"
        "0:00:00Z,null\n"
        "102,gone@example.org,Gone,null,Webinar,MQL,null,null,2026-01-04T00:00:00Z,null\n"
    ),
    "marketo/activities_2026-01.csv": (
        "marketoGUID,leadId,activityDate,activityTypeId,campaignId,primaryAttributeValueI"
        "d,primaryAttributeValue,attributes\n"
        'a1,101,2026-01-20T00:00:00Z,13,null,7,Lead Status,"{""New Value"":""MQL"",""new_'
        'value"":""SQL""}"\n'
        'a2,102,2026-01-20T00:00:00Z,13,null,7,Lead Status,"{""New Value"":""MQL""}"\n'
        'a3,102,2026-01-21T00:00:00Z,37,null,102,null,"{}"\n'
        'a4,102,2026-01-21T00:00:00Z,1,null,102,null,"{""a/~b"":1,""a/~b"":2}"\n'
    ),
    "account_engagement/prospects_2026-09-30.csv": (
        "id,email,firstName,crmLeadFid,crmContactFid,prospectAccountId,source,isInRecycle"
        "Bin,createdAt\n"
        "11,hal@example.net,Hal,,003000000000004,5,Webinar,false,2026-01-03 09:00:00\n"
        "12,bin@example.net,Bin,,,5,Webinar,true,2026-01-03 09:00:00\n"
    ),
    "account_engagement/lifecycle_histories.csv": (
        "id,prospectId,previousStageId,nextStageId,secondsElapsed,createdAt\n"
        "1,12,,MQL,0,2026-01-05 09:30:00\n"
        "2,98,,Won,0,2026-01-05 09:30:00\n"
    ),
    "hubspot/hubspot-email-events-2026-09.csv": (
        "id,created,type,recipient,filteredEvent,obsoletedBy\n"
        "e1,1767225600000,SENT,a@example.com,false,\n"
        "e2,1767225600001,OPEN,a@example.com,true,\n"
        'e3,1767225600002,DROPPED,a@example.com,false,"{""id"":""e1"",""created"":1767225'
        '600000}"\n'
    ),
}
